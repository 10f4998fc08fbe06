import { readdirSync } from 'node:fs'

/** What a server is made of at one moment, after a garbage collection. */
export interface ServerState {
  /** Octets of the process that lie in memory. */
  readonly residentBytes: number
  /** Octets of live objects. */
  readonly heapBytes: number
  /** Sockets that are open, and timers that wait. */
  readonly sockets: number
  readonly timers: number
  /** Open files, sockets among them. */
  readonly descriptors: number
}

/** Tells the trial where the server listens, then answers what it asks. */
export function answerQuestions(port: number): void {
  process.send?.({ port })
  process.on('message', () => {
    // Twice: what the first one finds dead may hold more, and buffers are freed behind it.
    globalThis.gc?.()
    setImmediate(() => {
      globalThis.gc?.()
      process.send?.(stateNow())
    })
  })
  process.on('disconnect', () => process.exit())
}

function stateNow(): ServerState {
  const resources = process.getActiveResourcesInfo()
  const { rss, heapUsed } = process.memoryUsage()
  return {
    residentBytes: rss,
    heapBytes: heapUsed,
    sockets: resources.filter((name) => name === 'TCPSocketWrap').length,
    timers: resources.filter((name) => name === 'Timeout').length,
    descriptors: readdirSync('/proc/self/fd').length,
  }
}
