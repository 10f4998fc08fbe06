import { joinBytes, wireBytes } from '@millrace/testing'

export const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'

/** A header of version 2 whose length is that of `rest`, and whose other octets are as given. */
export function headerV2(verCmd: number, family: number, rest: Uint8Array | string = ''): Uint8Array {
  const block = typeof rest === 'string' ? wireBytes(rest) : rest
  const fixed = [verCmd, family, block.length >>> 8, block.length & 0xff]
  return joinBytes([wireBytes(SIGNATURE), Uint8Array.from(fixed), block])
}

/** 192.0.2.7:56324 to 198.51.100.3:443, as they stand in a header. */
export const INET = '\xc0\x00\x02\x07\xc6\x33\x64\x03\xdc\x04\x01\xbb'

export function tlv(type: number, value: string): string {
  return String.fromCharCode(type, value.length >>> 8, value.length & 0xff) + value
}
