/**
 * Answers every request, once its content is read, with one line about it: method, request-target as received, octets
 * of content, their SHA-1. With --body the answer is the content itself.
 *
 *     node echo.js [--port 8080] [--body]
 */
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { HTTPChannel, Request } from '@millrace/channel'
import { listen } from '@millrace/server'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, body: { type: 'boolean' } },
})

/** One request and its response. */
class Echo extends Request {
  /** Runs when the head of the request is complete; the content is read from the client as fast as it is asked for. */
  async process() {
    // A success would promise a tunnel (RFC 9110 §9.3.6).
    if (this.method === 'CONNECT') this.setResponseCode(501)
    if (values.body) return this.finish(await this.content.bytes())

    const sha1 = createHash('sha1')
    let length = 0
    for await (const piece of this.content) {
      sha1.update(piece)
      length += piece.length
    }
    // HEAD gets the head of the answer to GET, with the same Content-Length (RFC 9110 §9.3.2).
    const method = this.method === 'HEAD' ? 'GET' : this.method
    this.setHeader('Content-Type', 'text/plain')
    this.finish(`${method} ${this.requestTarget} ${length} ${sha1.digest('hex')}\n`)
  }
}

// One channel for each connection; it makes an Echo of each request, one after the other.
const server = await listen((settings) => new HTTPChannel(settings), {
  port: Number(values.port),
  channel: { requestFactory: (channel, head) => new Echo(channel, head) },
})
console.log(`Listening on ${server.url}`)
process.once('SIGINT', () => server.close())
