import type { ListingEntry } from './listing.ts'

/**
 * A reference from a directory's own URL to one of its entries. It begins with `./`, so that no name can be read
 * as a scheme (`javascript:`) or as a host, and leads back to exactly this name.
 */
export function entryReference(entry: ListingEntry): string {
  return `./${encodeURIComponent(entry.name)}${entry.kind === 'directory' ? '/' : ''}`
}
