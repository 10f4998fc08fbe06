/**
 * A call that was scheduled with {@link Clock.callLater}.
 *
 * @public
 */
export interface DelayedCall {
  /** Prevents the call. Does nothing when it already ran or was cancelled. */
  cancel(): void
  /** Whether the call is still to come. */
  readonly active: boolean
}

/**
 * Time as protocols see it. Handed in, never ambient, so that tests own it.
 *
 * @public
 */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start; may have a fraction. Never goes back. */
  now(): number
  /** Milliseconds since the Unix epoch, for `Date` fields and logs; may jump when the system's time is set. */
  wallTimeMs(): number
  /**
   * Runs `callback` once, `delayMs` milliseconds from now, never before this call returns.
   *
   * @param delayMs - milliseconds, 0 or more
   */
  callLater(delayMs: number, callback: () => void): DelayedCall
}
