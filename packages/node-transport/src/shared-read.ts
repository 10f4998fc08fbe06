import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'

/** As much as one read may bring into what all sockets share. */
const SHARED_READ_BYTES = 65_536

/**
 * As much as one read may bring into a buffer of its own. From 128 KiB on, the C library gets memory fresh from the system
 * each time, page by page, which costs more than larger reads save.
 */
const OWN_READ_BYTES = 114_688

/** A read that fills this much of a buffer of its own is handed on with the whole buffer; a smaller one is copied out. */
const WORTH_KEEPING = OWN_READ_BYTES / 4

/** Small reads are copied out into arrays of this size, many into each: an allocation costs more than the copy. */
const POOL_BYTES = 8_192

/** Up to this many octets a plain loop copies quicker than the engine's own copy is called. */
const LOOP_BYTES = 128

/** What all sockets of this thread read into: what a read brings is copied out before the next one can happen. */
let shared: Buffer | null = null

/** What the socket that was read last is to read into next; `undefined`: into the same. */
let next: Buffer | undefined

/** Runs as a method of its socket. */
type TakeRead = (this: Socket, byteCount: number, buffer: Uint8Array) => boolean

/** The names under which the documented option `onread` is kept in a socket that Node itself connects. */
interface ReadsInto {
  readonly buffer: symbol
  readonly callback: symbol
  readonly nextBuffer: symbol
}

/** The same for every socket: looked up at the first one that has them. */
let readsInto: ReadsInto | null = null

/**
 * Gives a function that lets a socket read into one buffer that all sockets share, instead of into a new one of 64 KiB for
 * every read that then goes through a stream: half of what a small read costs. A socket that fills it (an upload) reads
 * into buffers of its own, which are handed on without a copy, until it has less to say again.
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
    const isFull = byteCount === buffer.length
    const isKept = buffer !== shared && byteCount >= WORTH_KEEPING
    const bytes = isKept ? buffer.subarray(0, byteCount) : copy(buffer, byteCount)
    receive.call(this, bytes)
    // Only now: what was received may have let others read.
    if (isFull || isKept) next = Buffer.allocUnsafeSlow(OWN_READ_BYTES)
    else if (buffer !== shared) next = shared as Buffer
    return true // to be asked on: a pause has its own way
  }
  return (socket) => readShared(socket, take)
}

let pool = new ArrayBuffer(0)
let pooled = 0

function copy(buffer: Uint8Array, byteCount: number): Uint8Array {
  const bytes = allocate(byteCount)
  if (byteCount > LOOP_BYTES) bytes.set(byteCount === buffer.length ? buffer : buffer.subarray(0, byteCount))
  else for (let at = 0; at < byteCount; at += 1) bytes[at] = buffer[at] as number
  return bytes
}

/** As `Buffer.allocUnsafe`, but a plain array: it is made in a third of the time. */
function allocate(byteCount: number): Uint8Array {
  if (byteCount > POOL_BYTES / 2) return Buffer.allocUnsafeSlow(byteCount)
  if (pooled + byteCount > pool.byteLength) {
    pool = new ArrayBuffer(POOL_BYTES)
    pooled = 0
  }
  const bytes = new Uint8Array(pool, pooled, byteCount)
  pooled += byteCount
  return bytes
}

/** Node asks this behind every read. */
function takeNext(): Buffer | undefined {
  const buffer = next
  next = undefined
  return buffer
}

function readShared(socket: Socket, take: TakeRead): boolean {
  readsInto ??= findReadsInto(socket)
  const into = readsInto
  const handle: unknown = Reflect.get(socket, '_handle')
  if (into === null || !takesBuffer(handle) || socket.readableLength > 0) return false
  if (Reflect.get(socket, into.buffer) !== null) return false
  shared ??= Buffer.allocUnsafeSlow(SHARED_READ_BYTES)
  Reflect.set(socket, into.buffer, shared)
  Reflect.set(socket, into.callback, take)
  Reflect.set(socket, into.nextBuffer, takeNext)
  handle.useUserBuffer(shared)
  // Only now does a pause reach the handle.
  if (socket.isPaused()) socket.pause()
  else socket.resume()
  return true
}

function findReadsInto(socket: Socket): ReadsInto | null {
  const found = new Map<string | undefined, symbol>()
  for (const symbol of Object.getOwnPropertySymbols(socket)) found.set(symbol.description, symbol)
  const buffer = found.get('kBuffer')
  const callback = found.get('kBufferCb')
  const nextBuffer = found.get('kBufferGen')
  if (buffer === undefined || callback === undefined || nextBuffer === undefined) return null
  return { buffer, callback, nextBuffer }
}

function takesBuffer(handle: unknown): handle is { useUserBuffer(buffer: Uint8Array): void } {
  return typeof (handle as { useUserBuffer?: unknown } | null)?.useUserBuffer === 'function'
}
