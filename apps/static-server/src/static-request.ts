import type { Headers } from '@millrace/headers'

/** As much of a message's fields as is read here. */
export type FieldLookup = Pick<Headers, 'get' | 'getAll'>

/** A request as far as it matters here. Its content, if any, is for the caller to read or to refuse. */
export interface StaticRequest {
  readonly method: string
  /** As it stood in the request line. */
  readonly requestTarget: string
  readonly headers: FieldLookup
}
