/** The octets of wire text. Much is compared in a simulation: Node's own conversions are many times faster. */
export function toOctets(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

/** The wire text of octets. */
export function toText(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1')
}
