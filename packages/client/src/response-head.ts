import type { Headers } from '@millrace/headers'
import type { ContentFraming } from '@millrace/message'

/**
 * The head of a response, interim or final.
 *
 * @public
 */
export interface ResponseHead {
  /** 100–599. */
  readonly statusCode: number
  /** As received; means nothing (RFC 9112 §4). */
  readonly reasonPhrase: string
  /** 0 or 1 as a rule; a higher one counts as 1 (RFC 9110 §2.5). */
  readonly minorVersion: number
  /** In order and spelling of the sender. */
  readonly headers: Headers
  /** How the end of the content is found; `none` for an interim response. */
  readonly framing: ContentFraming
}
