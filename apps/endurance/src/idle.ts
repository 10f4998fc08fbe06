import { connect, type Socket } from 'node:net'
import { ServerProcess } from './server-process.ts'

/** Connections that are being made at the same time: fewer than a backlog holds. */
const AT_ONCE = 250

/** What one more idle connection costs a server, in octets. */
export interface IdleCost {
  /** Of the process's memory. The first thousands pay for its growth as a whole, too: the more, the nearer to the truth. */
  readonly residentBytes: number
  /** Of live objects: the same at every measurement, but blind to what is not V8's. */
  readonly heapBytes: number
}

/**
 * Measures what a connection costs that stays open after it was answered once.
 *
 * @param name - of a program in `servers/`
 * @param connections - how many, besides 200 that warm the server up
 */
export async function costOfIdleConnection(name: string, connections: number): Promise<IdleCost> {
  await using server = await ServerProcess.start(name)
  const sockets = await openIdle(server.port, 200)
  const before = await server.state()
  sockets.push(...(await openIdle(server.port, connections)))
  const after = await server.state()
  for (const socket of sockets) socket.resetAndDestroy()
  if (after.sockets - before.sockets < connections) throw new Error('a connection was lost')
  return {
    residentBytes: (after.residentBytes - before.residentBytes) / connections,
    heapBytes: (after.heapBytes - before.heapBytes) / connections,
  }
}

async function openIdle(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const wave = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => openOne(port))
    sockets.push(...(await Promise.all(wave)))
  }
  return sockets
}

/** Resolves when the connection has got its answer. */
function openOne(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.once('data', () => resolve(socket))
    socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  })
}
