import { negotiateType } from './accept.ts'
import { bytesAnswer, emptyAnswer, plainAnswer, type StaticAnswer } from './answer.ts'
import type { Listing } from './listing.ts'
import { LISTING_POLICY, renderListingPage } from './listing-page.ts'
import { renderListingJson } from './listing-json.ts'
import { evaluatePreconditions } from './preconditions.ts'
import type { SiteRequest } from './site-request.ts'

/** A listing is made anew for each request: there is no state of it to name. */
const NO_VALIDATORS = { entityTag: undefined, lastModifiedMs: undefined }

const CACHE_FIELDS = [
  ['Cache-Control', 'no-store'],
  ['Vary', 'Accept'],
] as const

const encoder = new TextEncoder()

/**
 * The answer to a GET or HEAD for a directory without an index: a page, or JSON for a client that prefers it.
 *
 * @param names - the directory's segments, from the root of the site on
 */
export function answerListing(
  listing: Listing,
  names: readonly string[],
  request: SiteRequest,
): StaticAnswer {
  const { method, requestHeaders } = request
  const isHead = method === 'HEAD'
  const outcome = evaluatePreconditions(method, requestHeaders, NO_VALIDATORS, 0)
  if (outcome === 'failed') return plainAnswer(412, isHead)
  if (outcome === 'not-modified') return emptyAnswer(304, CACHE_FIELDS)
  const type = negotiateType(requestHeaders.get('accept'), ['text/html', 'application/json'])
  const text = type === 'text/html' ? renderListingPage(listing, names) : renderListingJson(listing)
  return bytesAnswer(200, encoder.encode(text), isHead, `${type}; charset=utf-8`, [
    ...CACHE_FIELDS,
    ['Content-Security-Policy', LISTING_POLICY],
  ])
}
