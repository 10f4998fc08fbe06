import { HTTPChannel, Request, type HTTPChannelOptions, type RequestFactory } from '@millrace/channel'
import { listen, nodeClock } from '@millrace/node-transport'
import { answerJson, HELLO, HELLO_FIELDS, JSON_FIELDS, PAGE, PAGE_FIELDS, PIECE } from './answers.ts'
import { announce, askedPieces, BACKLOG, role, tls, type Role } from './program.ts'

class Hello extends Request {
  override process(): void {
    this.setHeader('Content-Type', HELLO_FIELDS['Content-Type'])
    this.finish(HELLO)
  }
}

class Page extends Request {
  override process(): void {
    for (const name in PAGE_FIELDS) this.setHeader(name, PAGE_FIELDS[name as keyof typeof PAGE_FIELDS])
    this.finish(PAGE)
  }
}

class ReadingPage extends Page {
  override process(): void {
    if (this.requestHeaders.get('Cookie') !== null) super.process()
  }
}

const utf8 = new TextDecoder()

class Json extends Request {
  override async process(): Promise<void> {
    const order = utf8.decode(await this.content.bytes(65_536))
    this.setHeader('Content-Type', JSON_FIELDS['Content-Type'])
    this.finish(answerJson(order))
  }
}

class Upload extends Request {
  override process(): void {
    let received = 0
    this.content.deliverTo({
      dataReceived: (chunk) => void (received += chunk.length),
      contentDone: () => this.finish(String(received)),
      contentLost: () => {},
    })
  }
}

class Download extends Request {
  override async process(): Promise<void> {
    const pieces = askedPieces(this.requestTarget)
    if (!this.requestTarget.startsWith('/chunked/')) {
      this.setHeader('Content-Length', String(pieces * PIECE.length))
    }
    for (let sent = 0; sent < pieces; sent += 1) if (!this.write(PIECE)) await this.drained()
    this.finish()
  }
}

const FACTORIES: Readonly<Record<Role, RequestFactory>> = {
  hello: (channel, head) => new Hello(channel, head),
  page: (channel, head) => new Page(channel, head),
  'page-read': (channel, head) => new ReadingPage(channel, head),
  json: (channel, head) => new Json(channel, head),
  upload: (channel, head) => new Upload(channel, head),
  download: (channel, head) => new Download(channel, head),
}

const options: HTTPChannelOptions = { clock: nodeClock, requestFactory: FACTORIES[role] }
const place = { port: 0, host: '127.0.0.1', backlog: BACKLOG }
const listener = await listen(() => new HTTPChannel(options), tls === undefined ? place : { ...place, tls })
announce(listener.port as number)
