import { decodePortable, encodePortable } from './latin1-portable.ts'

/**
 * What Node's (and Bun's, and Deno's) `Buffer` can do with any `Uint8Array`. Found at run time: where it is
 * missing, plain loops do the same.
 */
interface NativeBytes {
  allocUnsafe(length: number): Uint8Array
  readonly prototype: {
    latin1Slice(this: Uint8Array, start: number, end: number): string
    latin1Write(this: Uint8Array, text: string, at: number, length: number): number
  }
}

const native: NativeBytes | undefined = findNative()

// Measured on Node 20: a native call costs 60–100 ns whatever its length; the loops win below these lengths.
const NATIVE_DECODE_LENGTH = 16
const NATIVE_ENCODE_LENGTH = 24

const NOT_LATIN1 = /[\u0100-\uffff]/

/**
 * The text of a range of bytes: one character for each octet, U+0000–U+00FF.
 *
 * @param bytes - the octets
 * @param start - index of the first octet, 0 or more
 * @param end - index after the last octet, at most `bytes.length`
 * @public
 */
export function decodeLatin1(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  if (native === undefined || end - start < NATIVE_DECODE_LENGTH) return decodePortable(bytes, start, end)
  return native.prototype.latin1Slice.call(bytes, start, end)
}

/**
 * The octets of a text whose characters are all U+0000–U+00FF.
 *
 * @throws `RangeError` on a character above U+00FF: cutting it down to eight bits could make a CR or LF of it
 * @public
 */
export function encodeLatin1(text: string): Uint8Array {
  const bytes = allocateBytes(text.length)
  writeLatin1(bytes, text, 0)
  return bytes
}

/**
 * Writes the octets of `text` into `target` and returns the index after the last one, ready for the next write.
 *
 * @param target - where to write
 * @param text - characters U+0000–U+00FF
 * @param at - index of the first octet in `target`
 * @throws `RangeError` on a character above U+00FF, or when `target` is too short; `target` may then be
 * partly written
 * @public
 */
export function writeLatin1(target: Uint8Array, text: string, at: number): number {
  if (at < 0 || at + text.length > target.length)
    throw new RangeError('the text does not fit into the target')
  if (native === undefined || text.length < NATIVE_ENCODE_LENGTH) return encodePortable(target, text, at)
  if (NOT_LATIN1.test(text)) throw new RangeError('a character above U+00FF has no octet')
  native.prototype.latin1Write.call(target, text, at, text.length)
  return at + text.length
}

/**
 * Like {@link writeLatin1} for a text that was checked already, such as a head made of valid fields: characters above
 * U+00FF would be cut. The caller sees to it that `target` is long enough.
 *
 * @public
 */
export function writeCheckedLatin1(target: Uint8Array, text: string, at: number): number {
  if (native === undefined || text.length < NATIVE_ENCODE_LENGTH) return encodePortable(target, text, at)
  native.prototype.latin1Write.call(target, text, at, text.length)
  return at + text.length
}

/**
 * A new array of `length` bytes whose content is undefined: the caller writes every byte of it.
 *
 * On Node it is a `Buffer` cut from a pool: cheap, and sockets take it as it is. Treat it as a `Uint8Array`
 * (`subarray`, `set`), and never hand its `.buffer` out.
 *
 * @param length - bytes, 0 or more
 * @public
 */
export function allocateBytes(length: number): Uint8Array {
  return native === undefined ? new Uint8Array(length) : native.allocUnsafe(length)
}

function findNative(): NativeBytes | undefined {
  const candidate = (globalThis as { Buffer?: Partial<NativeBytes> }).Buffer
  const complete =
    typeof candidate?.allocUnsafe === 'function' &&
    typeof candidate.prototype?.latin1Slice === 'function' &&
    typeof candidate.prototype.latin1Write === 'function'
  return complete ? (candidate as NativeBytes) : undefined
}
