import { joinBytes } from './octets.ts'

const CR = 0x0d
const LF = 0x0a

/**
 * A copy of a head that is not complete, or not good: up to the empty line that ends it, if that came.
 *
 * @param parts - what came of it, in order, and whatever came behind it
 * @param maxLength - octets that are copied, at most
 */
export function copyHead(parts: readonly Uint8Array[], maxLength: number): Uint8Array {
  const bytes = joinBytes(parts.map((part) => part.subarray(0, maxLength)))
  return bytes.slice(0, Math.min(maxLength, findHeadEnd(bytes)))
}

/** Behind the first empty line that has a line before it; the end of `bytes` when there is none. */
function findHeadEnd(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== LF) continue
    const next = at + 1 + (bytes[at + 1] === CR ? 1 : 0)
    if (bytes[next] === LF) return next + 1
  }
  return bytes.length
}
