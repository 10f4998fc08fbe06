/**
 * What a channel accepts though HTTP/1.1 or our own strictness forbids it; one flag for each rule, all `false` unless set.
 *
 * Each flag is a decision about everybody in front of this server: whoever reads the same bytes in another way can be used
 * to smuggle requests past it. There is no flag for all of them.
 *
 * @public
 */
export interface Leniency {
  /**
   * LF alone ends a line of the head (RFC 9112 §2.2 lets a recipient do so). Never in chunked framing.
   *
   * For old scripts and devices that print `\n`. What stands in front may not see a line end there.
   */
  readonly bareLf: boolean
  /**
   * A field line that begins with a blank continues the line before it, joined by one space (RFC 9112 §5.2).
   *
   * For old mail and SOAP software. What stands in front may see a field of its own, or none.
   */
  readonly obsFold: boolean
  /**
   * Content-Lengths that are equal, on several lines or as `3, 3`, count as one (RFC 9110 §8.6).
   *
   * For gateways that join two of them. Different ones are refused all the same.
   */
  readonly duplicateContentLength: boolean
  /**
   * With Transfer-Encoding and Content-Length the former decides; the latter is removed, and the connection closes behind
   * the response (RFC 9112 §6.3).
   *
   * For clients that send both. The classic way to smuggle a request past what decides by the other one.
   */
  readonly chunkedOverLength: boolean
  /**
   * HTTP/1.1 without Host is taken, as HTTP/1.0 without it is; the authority is empty.
   *
   * For health checks and devices. What routes by host has to know what to do without one.
   */
  readonly missingHost: boolean
  /**
   * Octets from 0x80 on in a request-target are taken, percent-encoded: `/é` becomes `/%C3%A9`.
   *
   * For scripts that do not encode what they ask for. What stands in front may compare targets before that.
   */
  readonly nonAsciiTarget: boolean
}

/**
 * The name of a rule that may be relaxed.
 *
 * @public
 */
export type LeniencyFlag = keyof Leniency

/**
 * No leniency at all: the default.
 *
 * @public
 */
export const STRICT: Leniency = Object.freeze({
  bareLf: false,
  obsFold: false,
  duplicateContentLength: false,
  chunkedOverLength: false,
  missingHost: false,
  nonAsciiTarget: false,
})

/** What a request needs that is good as it stands. */
export const NO_LENIENCY: readonly LeniencyFlag[] = Object.freeze([])

/**
 * The whole object for the flags that were given; {@link STRICT} itself when none of them is on.
 *
 * @throws {TypeError} when a flag is unknown or not a boolean: a rule must not be relaxed, or kept, by a typing error
 */
export function resolveLeniency(given: Partial<Leniency> = STRICT): Leniency {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(STRICT, name)) throw new TypeError(`leniency has no flag ${name}`)
    if (typeof value !== 'boolean' && value !== undefined)
      throw new TypeError(`leniency.${name} must be true or false`)
  }
  const isStrict = Object.values(given).every((value) => value !== true)
  return isStrict ? STRICT : Object.freeze({ ...STRICT, ...given })
}

/** Whether a head has to be read line by line, once it was found not to be strictly good. */
export function relaxesLines({ bareLf, obsFold, nonAsciiTarget }: Leniency): boolean {
  return bareLf || obsFold || nonAsciiTarget
}
