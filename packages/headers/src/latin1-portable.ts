/** Bytes for which the argument list of one `String.fromCharCode` call is surely short enough on every engine. */
const APPLY_LENGTH = 4_096

/** The text of `bytes[start, end)`, without any help of the platform. Fastest of all for short ranges. */
export function decodePortable(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return decodeLong(bytes, start, end)
  let text = ''
  let at = start
  // Several characters per call build flat strings; one by one each `+=` is an allocation.
  for (; end - at >= 8; at += 8) {
    text += String.fromCharCode(
      bytes[at]!,
      bytes[at + 1]!,
      bytes[at + 2]!,
      bytes[at + 3]!,
      bytes[at + 4]!,
      bytes[at + 5]!,
      bytes[at + 6]!,
      bytes[at + 7]!,
    )
  }
  if (end - at >= 4) {
    text += String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
    at += 4
  }
  for (; at < end; at += 1) text += String.fromCharCode(bytes[at]!)
  return text
}

function decodeLong(bytes: Uint8Array, start: number, end: number): string {
  let text = ''
  for (let at = start; at < end; at += APPLY_LENGTH) {
    const part = bytes.subarray(at, Math.min(end, at + APPLY_LENGTH))
    text += String.fromCharCode.apply(null, part as unknown as number[])
  }
  return text
}

/** Writes `text` octet by octet; returns the index after the last one. The caller checked that it fits. */
export function encodePortable(target: Uint8Array, text: string, at: number): number {
  const length = text.length
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index)
    if (code > 0xff) throw new RangeError('a character above U+00FF has no octet')
    target[at + index] = code
  }
  return at + length
}
