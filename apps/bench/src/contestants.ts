/** A server program of the bench, in `servers/`. The first one is what the ratios are told against. */
export interface Contestant {
  readonly name: string
  readonly file: string
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: 'bare net', file: 'bare-net.js' },
  { name: 'node:http', file: 'node-http.js' },
  { name: 'millrace channel', file: 'channel.js' },
  { name: 'millrace serve', file: 'serve.js' },
]

/** A load: how many connections, and how many requests are sent ahead on each. */
export interface Load {
  readonly name: string
  readonly connections: number
  readonly pipelined: number
}

export const LOADS: readonly Load[] = [
  { name: 'hello, keep-alive', connections: 64, pipelined: 1 },
  { name: 'hello, pipelined 16', connections: 64, pipelined: 16 },
]
