const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = `(${MONTHS.join('|')})`
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})'
const SHORT_DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAY = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'

/** `Sun, 06 Nov 1994 08:49:37 GMT` */
const IMF_FIXDATE = new RegExp(`^${SHORT_DAY}, (\\d{2}) ${MONTH} (\\d{4}) ${TIME} GMT$`)
/** `Sunday, 06-Nov-94 08:49:37 GMT` */
const RFC850_DATE = new RegExp(`^${LONG_DAY}, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} GMT$`)
/** `Sun Nov  6 08:49:37 1994` */
const ASCTIME_DATE = new RegExp(`^${SHORT_DAY} ${MONTH} (\\d{2}| \\d) ${TIME} (\\d{4})$`)

/**
 * The seconds since the Unix epoch that an HTTP-date names; undefined for anything else, ISO 8601 included:
 * what `Date.parse` would guess is not a date of this protocol.
 *
 * @param nowMs - milliseconds since the epoch, to place a two-digit year
 * @see RFC 9110 §5.6.7
 */
export function parseHttpDate(text: string, nowMs: number): number | undefined {
  const imf = IMF_FIXDATE.exec(text)
  if (imf !== null) return secondsOf(Number(imf[3]), imf[2], imf[1], imf[4], imf[5], imf[6])
  const asctime = ASCTIME_DATE.exec(text)
  if (asctime !== null) {
    return secondsOf(Number(asctime[6]), asctime[1], asctime[2], asctime[3], asctime[4], asctime[5])
  }
  const rfc850 = RFC850_DATE.exec(text)
  if (rfc850 === null) return undefined
  const now = new Date(nowMs)
  const century = Math.floor(now.getUTCFullYear() / 100) * 100
  const year = century + Number(rfc850[3])
  const seconds = secondsOf(year, rfc850[2], rfc850[1], rfc850[4], rfc850[5], rfc850[6])
  const fiftyYearsOnMs = new Date(nowMs).setUTCFullYear(now.getUTCFullYear() + 50)
  if (seconds !== undefined && seconds * 1000 <= fiftyYearsOnMs) return seconds
  return secondsOf(year - 100, rfc850[2], rfc850[1], rfc850[4], rfc850[5], rfc850[6])
}

/**
 * The IMF-fixdate of a moment.
 *
 * @param seconds - whole seconds since the Unix epoch
 */
export function formatHttpDate(seconds: number): string {
  return new Date(seconds * 1000).toUTCString()
}

/** Undefined when the fields make no moment of the calendar: 30 February, 24:00:00. */
function secondsOf(
  year: number,
  monthName = '',
  dayText = '',
  hourText = '',
  minuteText = '',
  secondText = '',
): number | undefined {
  const month = MONTHS.indexOf(monthName)
  const [day, hour, minute, second] = [
    Number(dayText),
    Number(hourText),
    Number(minuteText),
    Number(secondText),
  ]
  if (hour > 23 || minute > 59 || second > 60) return undefined // 60: a leap second
  const midnight = new Date(0)
  midnight.setUTCFullYear(year, month, day) // not Date.UTC, which reads the years 0 to 99 as 1900 to 1999
  if (midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return undefined
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second
}
