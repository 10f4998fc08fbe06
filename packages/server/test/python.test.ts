import { testCertificate } from '@millrace/testing/certificate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serve, type Server } from '../src/index.ts'
import { exampleApp } from './example-app.ts'
import { outputOf } from './run-program.ts'

let server: Server
let secure: Server
let certificate: string

beforeAll(async () => {
  const made = await testCertificate()
  certificate = made.cert
  server = await serve(exampleApp)
  secure = await serve(exampleApp, { tls: made })
})

afterAll(async () => {
  await Promise.all([server, secure].map((one) => one.close({ graceMs: 0 })))
})

/** Runs lines that have a `connection`, and gives what they printed. */
async function python(...lines: string[]): Promise<string> {
  const connect = `connection = http.client.HTTPConnection('127.0.0.1', ${server.port}, timeout=20)`
  return await outputOf('python3', ['-'], ['import http.client', connect, ...lines].join('\n'))
}

describe('http.client of Python', () => {
  it('gets a page', async () => {
    const printed = await python(
      `connection.request('GET', '/hello')`,
      `response = connection.getresponse()`,
      `print(response.status, response.reason, response.version, response.read())`,
    )
    expect(printed).toBe("200 OK 11 b'hello\\n'\n")
  })

  it('uses one connection for several requests', async () => {
    const printed = await python(
      `ports = set()`,
      `for _ in range(3):`,
      `    connection.request('GET', '/hello')`,
      `    ports.add(connection.sock.getsockname()[1])`,
      `    connection.getresponse().read()`,
      `print(len(ports))`,
    )
    expect(printed).toBe('1\n')
  })

  it('posts content of known length', async () => {
    const printed = await python(
      `connection.request('POST', '/echo', body=b'x' * 100000)`,
      `response = connection.getresponse()`,
      `print(response.getheader('x-framing'), len(response.read()))`,
    )
    expect(printed).toBe('length 100000 100000\n')
  })

  it('posts content in chunks', async () => {
    const printed = await python(
      `connection.request('POST', '/echo', body=iter([b'a' * 1000, b'b' * 1000]), encode_chunked=True)`,
      `response = connection.getresponse()`,
      `print(response.getheader('x-framing'), response.read() == b'a' * 1000 + b'b' * 1000)`,
    )
    expect(printed).toBe('chunked True\n')
  })

  it('asks for a head, and goes on with the same connection', async () => {
    const printed = await python(
      `connection.request('HEAD', '/hello')`,
      `response = connection.getresponse()`,
      `print(response.getheader('content-length'), response.read())`,
      `connection.request('GET', '/hello')`,
      `print(connection.getresponse().read())`,
    )
    expect(printed).toBe("6 b''\nb'hello\\n'\n")
  })

  it('gets a page over HTTPS', async () => {
    const printed = await python(
      `import ssl`,
      `context = ssl.create_default_context(cadata=${JSON.stringify(certificate)})`,
      `connection = http.client.HTTPSConnection('localhost', ${secure.port}, timeout=20, context=context)`,
      `connection.request('GET', '/hello')`,
      `print(connection.getresponse().read())`,
    )
    expect(printed).toBe("b'hello\\n'\n")
  })
})
