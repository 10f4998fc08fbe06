import { formatStatusLine } from '@millrace/message'

// Parts of heads that repeat from response to response. Each is built once and joined to one flat text: a text that was
// put together with `+` is a tree, which the transport would have to walk in every response.

const END_OF_STATUS_CODES = 600
/** Lengths of small contents, whose lines are kept. */
const KEPT_LENGTHS = 4_096

interface HeadStart {
  readonly dateLine: string
  readonly text: string
}

const HEAD_STARTS = new Array<HeadStart | undefined>(END_OF_STATUS_CODES).fill(undefined)
const LENGTH_LINES = new Array<string | undefined>(KEPT_LENGTHS).fill(undefined)

/**
 * The status line, and the `Date` field line behind it: the same for all responses with a code within a second.
 *
 * @param statusCode - 100–599
 * @param dateLine - with its CRLF; empty for none
 */
export function headStart(statusCode: number, dateLine: string): string {
  const known = HEAD_STARTS[statusCode]
  if (known !== undefined && known.dateLine === dateLine) return known.text
  const text = [formatStatusLine(statusCode), dateLine].join('')
  HEAD_STARTS[statusCode] = { dateLine, text }
  return text
}

/** The `Content-Length` field line, with its CRLF. */
export function lengthLine(length: number): string {
  if (length >= KEPT_LENGTHS) return `Content-Length: ${length}\r\n`
  return (LENGTH_LINES[length] ??= ['Content-Length: ', length, '\r\n'].join(''))
}
