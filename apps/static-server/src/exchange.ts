/**
 * One request, and what became of it.
 *
 * @public
 */
export interface Exchange {
  /** As received. */
  readonly method: string
  /** As it stood in the request line. */
  readonly requestTarget: string
  /** Of the response; undefined when the client left before there was one. */
  readonly status: number | undefined
  /** Bytes of content that were handed to the connection. */
  readonly contentBytes: number
  /** Milliseconds from the request's head to the end of the response. */
  readonly durationMs: number
  /** Whether the response was handed over whole. */
  readonly complete: boolean
}
