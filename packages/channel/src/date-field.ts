const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

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

/**
 * Writes an instant as an IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
 *
 * @param timeMs - milliseconds since the Unix epoch; the fraction of a second is dropped
 * @see RFC 9110 §5.6.7
 * @public
 */
export function formatHttpDate(timeMs: number): string {
  const date = new Date(timeMs)
  const day = DAYS[date.getUTCDay()] as string
  const month = MONTHS[date.getUTCMonth()] as string
  const year = String(date.getUTCFullYear()).padStart(4, '0')
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day}, ${two(date.getUTCDate())} ${month} ${year} ${time} GMT`
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
