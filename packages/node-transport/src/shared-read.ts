import type { Socket } from 'node:net'

/** As much as one read may bring. */
const READ_BYTES = 65_536

/** What all sockets of this thread read into: what a read brings is copied out before the next one can happen. */
let shared: Buffer | null = null

/** Runs as a method of its socket. */
type TakeRead = (this: Socket, byteCount: number, buffer: Uint8Array) => boolean

/** What the documented option `onread` sets in a socket that Node itself connects. */
interface ReadsInto {
  readonly buffer: symbol
  readonly callback: symbol
}

/**
 * Gives a function that lets a socket read into one buffer that all sockets share, instead of into a new one of 64 KiB for every read that then
 * goes through a stream: half of what a small read costs.
 *
 * Node offers this as `onread` to sockets that it connects, and has no option for those that it accepts. So what `onread`
 * sets is set here; where a socket is not made like that, it is left as it was.
 *
 * @param receive - gets what each read brought, in an array of its own; runs as a method of the socket, as a listener does,
 * so that no connection needs a function of its own
 * @returns tells whether the socket, from which nothing was read yet, reads so; else its `data` events are to be used
 */
export function sharedReads(receive: (this: Socket, bytes: Uint8Array) => void): (socket: Socket) => boolean {
  function take(this: Socket, byteCount: number, buffer: Uint8Array): boolean {
    const bytes = Buffer.allocUnsafe(byteCount)
    bytes.set(byteCount === READ_BYTES ? buffer : buffer.subarray(0, byteCount))
    receive.call(this, bytes)
    return true // to be asked on: a pause has its own way
  }
  return (socket) => readShared(socket, take)
}

function readShared(socket: Socket, take: TakeRead): boolean {
  const into = findReadsInto(socket)
  const handle: unknown = Reflect.get(socket, '_handle')
  if (into === null || !takesBuffer(handle) || socket.readableLength > 0) return false
  shared ??= Buffer.allocUnsafeSlow(READ_BYTES)
  Reflect.set(socket, into.buffer, shared)
  Reflect.set(socket, into.callback, take)
  handle.useUserBuffer(shared)
  // Only now does a pause reach the handle.
  if (socket.isPaused()) socket.pause()
  else socket.resume()
  return true
}

function findReadsInto(socket: Socket): ReadsInto | null {
  let buffer: symbol | null = null
  let callback: symbol | null = null
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description === 'kBuffer') buffer = symbol
    else if (symbol.description === 'kBufferCb') callback = symbol
  }
  if (buffer === null || callback === null || Reflect.get(socket, buffer) !== null) return null
  return { buffer, callback }
}

function takesBuffer(handle: unknown): handle is { useUserBuffer(buffer: Uint8Array): void } {
  return typeof (handle as { useUserBuffer?: unknown } | null)?.useUserBuffer === 'function'
}
