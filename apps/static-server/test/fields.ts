import { Headers } from '@millrace/headers'

/** Fields from lines as they stand on the wire: `Range: bytes=0-9`. */
export function fieldsOf(...lines: string[]): Headers {
  return new Headers(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()] as const
    }),
  )
}
