/**
 * The stable names of what a caller of a {@link LineReceiver} can do wrong.
 *
 * @public
 */
export type LineErrorCode = 'ERR_LINE_DELIMITER' | 'ERR_LINE_HOOK'

const MISTAKES: Readonly<Record<LineErrorCode, { message: string; section: string }>> = {
  ERR_LINE_DELIMITER: {
    message: 'the line contains the delimiter: the peer would read two lines',
    section: 'LineReceiver.sendLine',
  },
  ERR_LINE_HOOK: {
    message: 'the bytes have no taker: override lineReceived, or rawDataReceived for raw mode',
    section: 'LineReceiver.dataReceived',
  },
}

/**
 * A mistake in the use of a {@link LineReceiver}. Never the peer's doing: what a peer sends is delivered or refused.
 *
 * @public
 */
export class LineError extends TypeError {
  override readonly name = 'LineError'
  /** Stable, for programs. */
  readonly code: LineErrorCode
  /** What an HTTP server would answer: 500, for the fault is ours. */
  readonly statusHint = 500
  /** The member whose contract was broken. */
  readonly section: string
  /** Where in the given line, in bytes, when that says something. */
  readonly offset: number | undefined

  constructor(code: LineErrorCode, offset?: number) {
    super(MISTAKES[code].message)
    this.code = code
    this.section = MISTAKES[code].section
    this.offset = offset
  }
}
