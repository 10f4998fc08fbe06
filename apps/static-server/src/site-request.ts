import type { Headers } from '@millrace/headers'

/** As much of a message's fields as is read here. */
export type FieldLookup = Pick<Headers, 'get' | 'getAll'>

/** A request as far as its answer depends on it. Its content, if any, is not looked at. */
export interface SiteRequest {
  readonly method: string
  /** As it stood in the request line. */
  readonly requestTarget: string
  readonly requestHeaders: FieldLookup
}
