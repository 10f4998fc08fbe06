/**
 * A certificate for tests that speak TLS to this machine. Needs the package `selfsigned`.
 *
 * @packageDocumentation
 */
import { generate } from 'selfsigned'

/**
 * A private key and its self-signed certificate, both as PEM text.
 *
 * @public
 */
export interface TestCertificate {
  readonly key: string
  /** Signs itself: the client that shall trust it takes it as `ca`. */
  readonly cert: string
}

const DAY_MS = 86_400_000

/**
 * A fresh key and certificate for `localhost`, `127.0.0.1` and `::1`, made here: without network or programs.
 *
 * Valid from yesterday, so that a clock that lags a little does not fail a test, for 30 days.
 *
 * @public
 */
export async function testCertificate(): Promise<TestCertificate> {
  const nowMs = Date.now()
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec', // an RSA key takes up to seconds to find
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + 30 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}
