const NAMED: Readonly<Record<string, string>> = {
  '\r': '\\r',
  '\n': '\\n',
  '\t': '\\t',
  '\\': '\\\\',
  "'": "\\'",
}

/** One character for each octet. */
export function wireText(wire: Uint8Array): string {
  return Buffer.from(wire.buffer, wire.byteOffset, wire.byteLength).toString('latin1')
}

/** The octets as a string literal that can be pasted into a test. */
export function escapeWire(wire: Uint8Array): string {
  const text = wireText(wire)
  return `'${text.replace(/[^\x20-\x7e]|[\\']/g, (char) => NAMED[char] ?? escapeOctet(char))}'`
}

/** The text with nothing in it that a terminal would act on; its lines stay lines. */
export function escapeText(text: string): string {
  return text.replace(/[^\x20-\x7e\n]/g, escapeOctet)
}

function escapeOctet(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}
