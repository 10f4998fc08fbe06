import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { atEnd, forwardProxy, head, RawOrigin, reverseProxy } from './lab.ts'

const PIECE = Buffer.alloc(1 << 20)
/** What fits into the buffers of the system, with ours: far from all. */
const FEW = 1 << 26

/** Writes as much as the other side takes, while the event loop turns; gives how much that was. */
async function writeUntilFull(socket: Socket, most: number): Promise<number> {
  let given = 0
  let isFull = false
  const drained = (): void => void (isFull = false)
  socket.on('drain', drained)
  for (let turn = 0; turn < 300; turn += 1) {
    for (; !isFull && given < most; given += PIECE.length) isFull = !socket.write(PIECE)
    await new Promise((resolve) => void setImmediate(resolve))
  }
  socket.off('drain', drained)
  return given
}

describe('a client that does not read', () => {
  it('stops the server from being read', async () => {
    const origin = await RawOrigin.start(async (connection) => {
      await connection.until('\r\n\r\n')
      connection.send(head('HTTP/1.1 200 OK', `Content-Length: ${1 << 30}`))
    })
    const { send } = await reverseProxy(origin.port)
    const client = send(head('GET / HTTP/1.1', 'Host: a'))
    await client.until('\r\n\r\n')
    client.socket.pause()
    expect(await writeUntilFull(origin.connections[0]!.socket, 1 << 29)).toBeLessThan(FEW)
  })
})

describe('a server that does not read', () => {
  it('stops the client from being read, and its content when it reads again', async () => {
    let server: Socket | undefined
    const listener = createServer({ pauseOnConnect: true }, (socket) => (server = socket))
    await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', () => resolve()))
    atEnd(() => listener.close())
    const { port } = listener.address() as AddressInfo
    const { send } = await forwardProxy()
    const client = send(
      head(`PUT http://127.0.0.1:${port}/ HTTP/1.1`, 'Host: a', `Content-Length: ${1 << 30}`),
    )
    const given = await writeUntilFull(client.socket, 1 << 29)
    expect(given).toBeLessThan(FEW)
    let taken = 0
    server?.on('data', (bytes) => (taken += bytes.length))
    server?.resume()
    await expect.poll(() => taken, { timeout: 10_000 }).toBeGreaterThan(given)
    server?.destroy()
  })
})
