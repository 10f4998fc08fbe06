interface Codecs {
  readonly TextEncoder: new () => { encode(text: string): Uint8Array }
  readonly TextDecoder: new () => { decode(bytes: Uint8Array): string }
}

/** Every runtime of today has both as globals; these packages name no library that describes them. */
const codecs = globalThis as unknown as Codecs

/** The octets of `text` as UTF-8. */
export function encodeUtf8(text: string): Uint8Array {
  return new codecs.TextEncoder().encode(text)
}

/** The text of UTF-8 octets; what is not UTF-8 becomes U+FFFD, and a byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string {
  return new codecs.TextDecoder().decode(bytes)
}
