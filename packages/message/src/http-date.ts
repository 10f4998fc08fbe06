const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'
const DAY_NAME = `(?:${DAYS.join('|')})`
const LONG_DAY_NAME = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day'

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = new RegExp(`^${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`)
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC_850_DATE = new RegExp(`^${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`)
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME_DATE = new RegExp(`^${DAY_NAME} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`)

/**
 * Writes an instant as an IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
 *
 * @param timeMs - milliseconds since the Unix epoch, in the years 0 to 9999; the fraction of a second is dropped
 * @throws {RangeError} for any other number
 * @see RFC 9110 §5.6.7
 * @public
 */
export function formatHttpDate(timeMs: number): string {
  const date = new Date(timeMs)
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) {
    throw new RangeError('a time is a number of milliseconds since 1970, in the years 0 to 9999')
  }
  const day = DAYS[date.getUTCDay()] as string
  const month = MONTHS[date.getUTCMonth()] as string
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${day}, ${two(date.getUTCDate())} ${month} ${String(year).padStart(4, '0')} ${time} GMT`
}

/**
 * Reads an HTTP-date in any of its three forms. Everything else is none, ISO 8601 included: what `Date.parse` would
 * guess is not a date of this protocol.
 *
 * @param nowMs - milliseconds since the Unix epoch, to place a year of two digits: it is the nearest one that is not
 * more than 50 years ahead
 * @returns milliseconds since the Unix epoch; `undefined` when it is no HTTP-date, or no moment of the calendar
 * @see RFC 9110 §5.6.7
 * @public
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const parts = (IMF_FIXDATE.exec(text) ?? RFC_850_DATE.exec(text) ?? ASCTIME_DATE.exec(text))?.groups
  if (parts === undefined) return undefined
  const year = Number(parts['year'])
  if (parts['year']?.length === 4) return instantOf(year, parts)
  const now = new Date(nowMs)
  const fiftyYearsOnMs = new Date(nowMs).setUTCFullYear(now.getUTCFullYear() + 50)
  const century = (Math.floor(now.getUTCFullYear() / 100) + 1) * 100
  for (const first of [century, century - 100, century - 200]) {
    const instant = instantOf(first + year, parts)
    if (instant !== undefined && instant <= fiftyYearsOnMs) return instant
  }
  return undefined
}

/** `undefined` for what the calendar does not have: 30 February, 24:00:00. */
function instantOf(year: number, parts: Readonly<Record<string, string | undefined>>): number | undefined {
  const month = MONTHS.indexOf(parts['month'] as string)
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) => Number(parts[name]))
  if (hour! > 23 || minute! > 59 || second! > 60) return undefined // 60: a leap second
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month, day) // not Date.UTC, which reads the years 0 to 99 as 1900 to 1999
  if (midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return undefined
  return midnight.getTime() + (hour! * 3600 + minute! * 60 + second!) * 1000
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
