import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCertificate } from '@millrace/testing/certificate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type Server } from '../src/index.ts'
import { exampleApp, HUNDRED } from './example-app.ts'
import { outputOf } from './run-program.ts'

let folder: string
let server: Server
let secure: Server
let unix: Server

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-'))
  const certificate = await testCertificate()
  await writeFile(join(folder, 'cert.pem'), certificate.cert)
  await writeFile(join(folder, 'upload'), 'u'.repeat(300_000))
  server = await serve(exampleApp)
  secure = await serve(exampleApp, { tls: certificate })
  unix = await serve(exampleApp, { path: join(folder, 'socket') })
})

afterAll(async () => {
  await Promise.all([server, secure, unix].map((one) => one.close({ graceMs: 0 })))
  await rm(folder, { recursive: true })
})

/** Runs curl; `--max-time` turns waiting for ever into a failure. */
async function curl(args: readonly string[], input?: string): Promise<string> {
  return await outputOf(
    'curl',
    ['--silent', '--show-error', '--noproxy', '*', '--max-time', '20', ...args],
    input,
  )
}

describe('curl', () => {
  it('gets a page', async () => {
    expect(await curl([`${server.url}/hello`])).toBe('hello\n')
  })

  it('gets a page over HTTP/1.0, without chunks, and the connection ends', async () => {
    const short = await curl(['--http1.0', '-i', `${server.url}/hello`])
    expect(short).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\nConnection: close\r\n.*hello\n$/s)
    const streamed = await curl(['--http1.0', '-i', '-T', join(folder, 'upload'), `${server.url}/echo`])
    expect(streamed).not.toMatch(/transfer-encoding/i)
    expect(streamed).toMatch(/\r\n\r\nu{300000}$/)
  })

  it('uploads a file with its length', async () => {
    const answer = await curl(['-i', '-T', join(folder, 'upload'), `${server.url}/echo`])
    expect(answer).toMatch(/\r\nx-framing: length 300000\r\n.*\r\n\r\nu{300000}$/s)
  })

  it('uploads from standard input in chunks', async () => {
    const answer = await curl(['-i', '-T', '-', `${server.url}/echo`], 'v'.repeat(100_000))
    expect(answer).toMatch(/\r\nx-framing: chunked\r\n.*\r\n\r\nv{100000}$/s)
  })

  it('posts a form', async () => {
    const answer = await curl(['-F', 'a=1', '-F', 'b=x y', `${server.url}/form`])
    expect(JSON.parse(answer)).toEqual([['a', '1'], ['b', 'x y']]) // prettier-ignore
  })

  it('gets a range', async () => {
    const answer = await curl(['-i', '-r', '10-19', `${server.url}/range`])
    expect(answer).toMatch(/^HTTP\/1\.1 206 Partial Content\r\n.*content-range: bytes 10-19\/100\r\n/s)
    expect(answer.endsWith(`\r\n\r\n${HUNDRED.slice(10, 20)}`)).toBe(true)
  })

  it('gets with -I the head that GET has (RFC 9110 §9.3.2)', async () => {
    const withoutDate = (head: string): string => head.replace(/Date: .*\r\n/, '')
    const whole = await curl(['-i', `${server.url}/range`])
    const head = await curl(['-I', `${server.url}/range`])
    expect(withoutDate(head)).toBe(withoutDate(whole).slice(0, -HUNDRED.length))
  })

  it('is told to continue as soon as the handler reads (RFC 9110 §10.1.1)', async () => {
    const waiting = [
      '-i',
      '--expect100-timeout',
      '60',
      '-H',
      'Expect: 100-continue',
      '-T',
      join(folder, 'upload'),
    ]
    const answer = await curl([...waiting, `${server.url}/echo`])
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
    expect(answer).toMatch(/\r\n\r\nu{300000}$/)
  })

  it('is told the outcome instead when the handler does not read', async () => {
    const waiting = [
      '-i',
      '--expect100-timeout',
      '60',
      '-H',
      'Expect: 100-continue',
      '-T',
      join(folder, 'upload'),
    ]
    expect(await curl([...waiting, `${server.url}/refuse`])).toMatch(/^HTTP\/1\.1 413 Content Too Large\r\n/)
  })

  it('gets a page over HTTPS, trusting the certificate', async () => {
    const url = `https://localhost:${secure.port}/hello`
    expect(await curl(['--cacert', join(folder, 'cert.pem'), '-4', url])).toBe('hello\n')
  })

  it('uploads over HTTPS', async () => {
    const trust = ['--cacert', join(folder, 'cert.pem')]
    expect(await curl([...trust, '-T', join(folder, 'upload'), `${secure.url}/echo`])).toMatch(/^u{300000}$/)
  })

  it('gets a page over a unix socket', async () => {
    expect(await curl(['--unix-socket', join(folder, 'socket'), 'http://localhost/hello'])).toBe('hello\n')
  })

  it('uses one connection for two requests', async () => {
    const format = '%{num_connects} %{http_code}\n'
    const url = `${server.url}/hello`
    const answer = await curl(['-o', '/dev/null', '-o', '/dev/null', '-w', format, url, url])
    expect(answer).toBe('1 200\n0 200\n')
  })

  it('gets an empty answer to OPTIONS * as to any other request', async () => {
    const answer = await curl(['-i', '-X', 'OPTIONS', '--request-target', '*', server.url])
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
  })

  it('may leave in the middle of an endless answer', async () => {
    await expect(curl(['-o', '/dev/null', '--max-filesize', '1', `${server.url}/range`])).rejects.toThrow(
      /63/,
    )
    await expect(curl(['-o', '/dev/null', '-m', '0.3', `${server.url}/endless`])).rejects.toThrow(
      /ended with 28/,
    )
    expect(await curl([`${server.url}/hello`])).toBe('hello\n')
  })
})
