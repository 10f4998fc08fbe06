import { HTTPChannel, Request, type HTTPChannelOptions } from '@millrace/channel'
import { listen, nodeClock } from '@millrace/node-transport'
import { announce, BODY, CONTENT_TYPE } from './hello.ts'

class Hello extends Request {
  override process(): void {
    this.setHeader('Content-Type', CONTENT_TYPE)
    this.finish(BODY)
  }
}

const options: HTTPChannelOptions = {
  clock: nodeClock,
  requestFactory: (channel, head) => new Hello(channel, head),
}
const listener = await listen(() => new HTTPChannel(options), { port: 0, host: '127.0.0.1' })
announce(listener.port as number)
