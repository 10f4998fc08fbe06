/**
 * A server of ours in a process of its own: GET answers with a gibibyte of a known pattern, any other method says how
 * much of that pattern came in its content.
 */
import { HTTPChannel, Request } from '@millrace/channel'
import { listen, nodeClock } from '@millrace/node-transport'
import { GIBIBYTE, PatternCheck, patternPieces } from './pattern.mjs'

class GibibyteRequest extends Request {
  process() {
    if (this.method === 'GET') this.#send()
    else this.#receive()
  }

  #send() {
    const pieces = patternPieces()
    this.setHeader('Content-Length', String(GIBIBYTE))
    this.registerProducer(
      {
        resumeProducing: () => {
          const { value, done } = pieces.next()
          if (!done) this.write(value)
          else {
            this.unregisterProducer()
            this.finish()
          }
        },
        stopProducing: () => {},
      },
      false,
    )
  }

  #receive() {
    const check = new PatternCheck()
    this.content.deliverTo({
      dataReceived: (chunk) => check.take(chunk),
      contentDone: () => this.finish(check.verdict),
      contentLost: () => {},
    })
  }
}

const options = { clock: nodeClock, requestFactory: (channel, head) => new GibibyteRequest(channel, head) }
const listener = await listen(() => new HTTPChannel(options), { host: '127.0.0.1' })
console.log(
  JSON.stringify({ event: 'listening', url: `http://127.0.0.1:${listener.port}`, port: listener.port }),
)
