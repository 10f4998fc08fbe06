import { formatHttpDate } from '@millrace/message'

let builtSecond = NaN
let builtLine = ''

/** The `Date` field line for an instant, with its CRLF. Built once a second: it is the same for every response in it. */
export function dateFieldLine(wallTimeMs: number): string {
  const second = Math.floor(wallTimeMs / 1000)
  if (second !== builtSecond) {
    builtSecond = second
    builtLine = `Date: ${formatHttpDate(wallTimeMs)}\r\n`
  }
  return builtLine
}
