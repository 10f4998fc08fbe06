import { describe, expect, it } from 'vitest'
import type { Headers } from '@millrace/headers'
import { Proxy, ProxyRequest, ReverseProxy, ReverseProxyRequest } from '../src/index.ts'
import type { Gateway } from '../src/index.ts'
import { fieldLines, head, OK, proxy, RawOrigin } from './lab.ts'

/** A forward proxy that lets nobody see one host. */
class GuardedRequest extends ProxyRequest {
  override process(): void {
    if (this.head.authority.startsWith('forbidden')) {
      this.setResponseCode(403)
      this.finish('not here')
      return
    }
    super.process()
  }
}

class GuardedProxy extends Proxy {
  constructor(gateway: Gateway) {
    super(gateway)
    this.requestFactory = (channel, requestHead) => new GuardedRequest(channel, requestHead, gateway)
  }
}

class TaggedRequest extends ReverseProxyRequest {
  protected override addFields(fields: Headers): void {
    super.addFields(fields)
    fields.set('X-Tag', 'mine')
  }
}

class TaggedProxy extends ReverseProxy {
  constructor(gateway: Gateway, port: number) {
    const origin = { host: '127.0.0.1', port, secure: false }
    super(gateway, origin)
    this.requestFactory = (channel, requestHead) => new TaggedRequest(channel, requestHead, gateway, origin)
  }
}

describe('Proxy and ReverseProxy', () => {
  it('are channels that can be subclassed: a request of one’s own decides first', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await proxy({}, (gateway) => new GuardedProxy(gateway))
    const client = send(head('GET http://forbidden.example/ HTTP/1.1', 'Host: forbidden.example'))
    expect(await client.until('not here')).toMatch(/^HTTP\/1\.1 403 /)
    client.send(head(`GET http://127.0.0.1:${origin.port}/ HTTP/1.1`, 'Host: a'))
    await client.until(/ok$/)
  })

  it('let a subclass add fields, last of all', async () => {
    const origin = await RawOrigin.answering(OK)
    const { send } = await proxy({}, (gateway) => new TaggedProxy(gateway, origin.port))
    await send(head('GET / HTTP/1.1', 'Host: a', 'X-Tag: theirs')).until('ok')
    expect(fieldLines(origin.received, 'x-tag')).toEqual(['X-Tag: mine'])
  })
})
