import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { testCertificate } from '../src/certificate.ts'

describe('testCertificate', () => {
  it('names localhost and both loopback addresses', async () => {
    const certificate = new X509Certificate((await testCertificate()).cert)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(certificate.checkHost('example.com')).toBeUndefined()
  })

  it('is valid now and signs itself', async () => {
    const certificate = new X509Certificate((await testCertificate()).cert)
    expect(Date.parse(certificate.validFrom)).toBeLessThan(Date.now())
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now())
    expect(certificate.verify(certificate.publicKey)).toBe(true)
  })

  it('comes with the private key of the certificate', async () => {
    const { key, cert } = await testCertificate()
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true)
  })

  it('makes a new key each time', async () => {
    expect((await testCertificate()).key).not.toBe((await testCertificate()).key)
  })
})
