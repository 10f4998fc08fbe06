import { METHODS } from 'node:http'

/** What ours makes of a request that Node refuses, or of its content. */
export interface Refused {
  /** The code of Node's error; `silence` when there was none, and nothing more came. */
  readonly code: string
  /** The head that is refused, or whose content is, in the words of `log.ts`. */
  readonly head: string
  /** The head before it; empty when there is none. */
  readonly before: string
  /** Everything that was sent. */
  readonly wire: string
}

/** A class of requests that ours takes and Node refuses, with good reason for ours. README.md has the same table. */
interface Explanation {
  readonly code: string
  readonly holds: (refused: Refused) => boolean
}

const BLANK_IN_EXTENSION = /;[ \t]|[ \t][;=]|=[ \t]/
const methodOf = (head: string): string => head.slice(0, head.indexOf(' '))

const EXPLANATIONS: readonly Explanation[] = [
  // RFC 9110 §9.1: any token is a method; Node has a list.
  { code: 'HPE_INVALID_METHOD', holds: ({ head }) => !METHODS.includes(methodOf(head)) },
  { code: 'HPE_INVALID_CONSTANT', holds: ({ head }) => !METHODS.includes(methodOf(head)) },
  // RFC 9110 §6.2: a higher minor version is processed as 1.1.
  { code: 'HPE_INVALID_VERSION', holds: ({ head }) => / 1\.[2-9]\n/.test(head) },
  // RFC 9113 §11.6: PRI is the method of the HTTP/2 preface; with another version it is one that nobody implements.
  { code: 'HPE_INVALID_VERSION', holds: ({ head }) => methodOf(head) === 'PRI' },
  { code: 'silence', holds: ({ head }) => methodOf(head) === 'PRI' },
  // RFC 3986 §3.1: a scheme has digits, `+`, `-` and `.` too; and an authority more than Node's URL parser lets through.
  { code: 'HPE_INVALID_URL', holds: ({ head }) => /^\S+ [A-Za-z][A-Za-z0-9+\-.]*:\/\//.test(head) },
  // RFC 9110 §5.5: a tab around a value is no part of it.
  { code: 'HPE_INVALID_CONTENT_LENGTH', holds: ({ wire }) => /content-length:[ \t]*[0-9]+ *\t/i.test(wire) },
  {
    code: 'HPE_INVALID_TRANSFER_ENCODING',
    holds: ({ wire }) => /transfer-encoding:[ \t]*chunked *\t/i.test(wire),
  },
  // RFC 9110 §6.5.1: a field that frames content is dropped when it comes as a trailer.
  { code: 'HPE_INVALID_CONTENT_LENGTH', holds: ({ wire }) => /\n0[^]*content-length:/i.test(wire) },
  { code: 'HPE_INVALID_TRANSFER_ENCODING', holds: ({ wire }) => /\n0[^]*transfer-encoding:/i.test(wire) },
  { code: 'HPE_UNEXPECTED_CONTENT_LENGTH', holds: ({ wire }) => /\n0[^]*content-length:/i.test(wire) },
  // RFC 9112 §7.1.1: blanks around `;` and `=` must be parsed.
  { code: 'HPE_INVALID_CHUNK_SIZE', holds: ({ wire }) => BLANK_IN_EXTENSION.test(wire) },
  { code: 'HPE_STRICT', holds: ({ wire }) => BLANK_IN_EXTENSION.test(wire) },
  // RFC 9110 §5.6.1: a comma between quotes separates nothing; §5.5: a tab behind a value is no part of it.
  { code: 'HPE_CLOSED_CONNECTION', holds: ({ before }) => /\n {2}connection: [^\n]*"/i.test(before) },
  { code: 'HPE_CLOSED_CONNECTION', holds: ({ wire }) => /\r\nconnection:[^\n]*\t/i.test(wire) },
]

/** Whether somebody said why ours takes this request. */
export function isExplained(refused: Refused): boolean {
  return EXPLANATIONS.some(({ code, holds }) => code === refused.code && holds(refused))
}
