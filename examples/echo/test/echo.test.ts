import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EMPTY_SHA1, responsesOf, start, stopAll, talk } from './echo-process.ts'

let port: number

function curl(args: readonly string[], input: Uint8Array = new Uint8Array(0)): Promise<Buffer> {
  return new Promise((resolveOutput, reject) => {
    const child = spawn('curl', ['--silent', '--show-error', '--noproxy', '*', '--max-time', '20', ...args])
    const output: Buffer[] = []
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes))
    child.on('error', reject) // a missing curl fails the test
    child.on('close', (code) => {
      if (code === 0) resolveOutput(Buffer.concat(output))
      else reject(new Error(`curl ended with ${code}`))
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function sha1(content: string | Uint8Array): string {
  return createHash('sha1').update(content).digest('hex')
}

beforeAll(async () => {
  port = await start()
}, 30_000)

afterAll(stopAll)

describe('the echo example', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY', 'M-SEARCH', 'get', '!#$'])(
    'answers %s with one line',
    async (method) => {
      const answer = await talk(port, `${method} /a?b HTTP/1.1\r\nHost: a\r\n\r\n`)
      expect(responsesOf(answer)).toEqual([{ status: 200, content: `${method} /a?b 0 ${EMPTY_SHA1}\n` }])
    },
  )

  it.each([
    ['GET', '/a/../b//c;d%7E%2e?x=|[]&y=%'],
    ['GET', 'http://other.example:81/a?b'],
    ['OPTIONS', '*'],
    ['GET', `/${'long'.repeat(2_000)}`],
  ])('tells the request-target of %s %s as received', async (method, target) => {
    const answer = await talk(port, `${method} ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
    expect(responsesOf(answer)).toEqual([{ status: 200, content: `${method} ${target} 0 ${EMPTY_SHA1}\n` }])
  })

  it('answers CONNECT with its line, but without success: that would be a tunnel (RFC 9110 §9.3.6)', async () => {
    const answer = await talk(port, 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n')
    const line = `CONNECT a.example:443 0 ${EMPTY_SHA1}\n`
    expect(responsesOf(answer)).toEqual([{ status: 501, content: line }])
  })

  it('answers HEAD with the head that GET gets (RFC 9110 §9.3.2)', async () => {
    const withoutDate = (answer: string): string => answer.replace(/Date: .*\r\n/, '')
    const whole = withoutDate(await talk(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    const head = withoutDate(await talk(port, 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'))
    expect(head).toBe(whole.slice(0, whole.indexOf('\r\n\r\n') + 4))
  })

  it('counts chunked content without its framing and trailers', async () => {
    const head = 'POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n'
    const content = '5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n'
    const answer = await talk(port, head + content)
    expect(responsesOf(answer)).toEqual([{ status: 200, content: `POST /up 11 ${sha1('hello world')}\n` }])
  })

  it('answers pipelined requests in their order', async () => {
    const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`
    const put = 'PUT /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'
    const answers = responsesOf(await talk(port, get('/1') + put + get('/3')))
    expect(answers.map(({ content }) => content)).toEqual([
      `GET /1 0 ${EMPTY_SHA1}\n`,
      `PUT /2 3 ${sha1('abc')}\n`,
      `GET /3 0 ${EMPTY_SHA1}\n`,
    ])
  })

  it('takes a large upload of curl, with its length and in chunks', async () => {
    const content = randomBytes(5_000_000)
    const line = `PUT /up 5000000 ${sha1(content)}\n`
    const url = `http://127.0.0.1:${port}/up`
    expect((await curl(['-T', '-', url], content)).toString()).toBe(line)
    expect(
      (await curl(['-X', 'PUT', '-H', 'Transfer-Encoding:', '--data-binary', '@-', url], content)).toString(),
    ).toBe(line)
  })

  it('answers with the content itself when started with --body', async () => {
    const content = randomBytes(1_000_000)
    const url = `http://127.0.0.1:${await start('--body')}/up`
    expect((await curl(['-T', '-', url], content)).equals(content)).toBe(true)
    expect((await curl([url])).length).toBe(0)
  })
})
