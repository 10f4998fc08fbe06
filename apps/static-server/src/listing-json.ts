import { entryReference } from './entry-reference.ts'
import type { Listing } from './listing.ts'

/** A listing for programs. URLs are relative to the directory; nothing says where it is on the server. */
export function renderListingJson(listing: Listing): string {
  const entries = listing.entries.map((entry) => ({
    name: entry.name,
    kind: entry.kind,
    url: entryReference(entry),
    ...(entry.kind === 'file' ? { size: entry.size } : {}),
    modified: new Date(entry.modifiedMs).toISOString(),
  }))
  return `${JSON.stringify({ entries, truncated: listing.truncated })}\n`
}
