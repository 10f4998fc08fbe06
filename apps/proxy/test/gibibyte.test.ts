import { sendRequest } from '@millrace/client'
import type { ClientRequestInit, ClientResponse } from '@millrace/client'
import { createPool } from '@millrace/client/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { atEnd } from './lab.ts'
import { GIBIBYTE, PatternCheck, patternPieces } from './pattern.mjs'
import { buildCommand, Program } from './programs.ts'

const MOST_MEMORY = 150_000_000
const AS_SENT = `${GIBIBYTE} octets, as sent`

beforeAll(buildCommand, 120_000)

/** Starts a server, a proxy in front of it, each in a process of its own, and gives a way to ask through both. */
async function start(mode: 'reverse' | 'forward'): Promise<{
  proxy: Program
  ask: (init: ClientRequestInit) => Promise<ClientResponse>
}> {
  const server = await new Program('test/gibibyte-origin.mjs', []).listening()
  const args = mode === 'reverse' ? ['--to', server.url] : ['--forward']
  const proxy = Program.proxy(...args, '--port', '0')
  const { port } = await proxy.listening()
  const pool = createPool()
  atEnd(() => pool.abort())
  const target = mode === 'reverse' ? '/' : `${server.url}/`
  const origin = { host: '127.0.0.1', port, secure: false }
  return { proxy, ask: (init) => sendRequest(pool, origin, target, init).response }
}

describe('a gibibyte through the proxy', () => {
  it.each([
    ['reverse', 'with a length', { contentLength: GIBIBYTE }],
    ['forward', 'in chunks', {}],
  ] as const)(
    '%s, %s: comes out as it went in, both ways, in little memory',
    async (mode, _framing, length) => {
      const { proxy, ask } = await start(mode)
      const upload = await ask({ method: 'PUT', body: patternPieces(), ...length })
      expect(await upload.text()).toBe(AS_SENT)

      const check = new PatternCheck()
      for await (const chunk of await ask({})) check.take(chunk)
      expect(check.verdict).toBe(AS_SENT)
      expect(proxy.peakMemory).toBeLessThan(MOST_MEMORY)
    },
    120_000,
  )
})
