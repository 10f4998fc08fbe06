import { HTTPChannel, Request } from '@millrace/channel'
import { nodeClock } from '@millrace/node-transport'
import { HELLO } from '../servers/answers.ts'
import { REQUESTS } from '../wire.ts'
import type { Kernel } from './kernel.ts'
import { NullTransport } from './null-transport.ts'

class Hello extends Request {
  override process(): void {
    this.setHeader('Content-Type', 'text/plain')
    this.finish(HELLO)
  }
}

/** Whole exchanges, from the octets of a request to those of its response, without a socket. */
export function exchangeByMillrace(): Kernel {
  const transport = new NullTransport()
  const channel = new HTTPChannel({
    clock: nodeClock,
    requestFactory: (owner, head) => new Hello(owner, head),
  })
  channel.makeConnection(transport)
  const head =
    `HTTP/1.1 200 OK\r\nDate: ${new Date(0).toUTCString()}\r\n` +
    `Content-Type: text/plain\r\nContent-Length: ${HELLO.length}\r\n\r\n`
  return {
    octets: REQUESTS.hello.length,
    expected: head.length + HELLO.length,
    run: (times) => {
      transport.written = 0
      for (let i = 0; i < times; i += 1) channel.dataReceived(REQUESTS.hello)
      return transport.written
    },
  }
}
