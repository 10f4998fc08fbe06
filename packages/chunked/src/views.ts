import { allocateBytes } from '@millrace/headers'

/** No bytes. */
export const EMPTY: Uint8Array = new Uint8Array(0)

/**
 * The bytes `[start, end)` of `bytes`, not copied.
 *
 * Made by the constructor and not by `subarray`, which on a Node `Buffer` goes a longer way to make another `Buffer`.
 */
export function view(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start === end) return EMPTY
  if (end - start === bytes.length) return bytes
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start)
}

/** One array of all these bytes; the only one that is not empty itself, where there is just one. */
export function joinViews(parts: readonly Uint8Array[]): Uint8Array {
  const filled = parts.filter((part) => part.length > 0)
  if (filled.length < 2) return filled[0] ?? EMPTY
  const joined = allocateBytes(filled.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of filled) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
