import { opendir } from 'node:fs/promises'
import { classifyFileError } from './file-system.ts'
import type { EntryStats, Failure, Site } from './site.ts'

/** One line of a listing. */
export interface ListingEntry extends EntryStats {
  readonly name: string
}

/** What a directory shows of itself. */
export interface Listing {
  /** Directories first, then by name. */
  readonly entries: readonly ListingEntry[]
  /** Whether there was more than the site lists. */
  readonly truncated: boolean
}

/** Entries asked about at the same time: enough to keep all file system threads busy. */
const BATCH_SIZE = 64

/** An unpaired half of a surrogate pair: no URL can name it. Windows lets such names happen. */
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * Reads what of a directory is served: whatever a request for it would be refused is not shown either.
 *
 * @param names - the directory's segments, from the root of the site on
 * @param path - where the directory really is
 */
export async function readListing(
  site: Site,
  names: readonly string[],
  path: string,
): Promise<Listing | Failure> {
  try {
    const { found, truncated } = await readNames(path, site.maxListingEntries)
    const entries: ListingEntry[] = []
    for (let start = 0; start < found.length; start += BATCH_SIZE) {
      const batch = found.slice(start, start + BATCH_SIZE)
      const inspected = await Promise.all(batch.map((name) => site.inspect([...names, name])))
      for (const [position, name] of batch.entries()) {
        const stats = inspected[position]
        if (stats !== undefined) entries.push({ name, ...stats })
      }
    }
    return { entries: entries.sort(compareEntries), truncated }
  } catch (error) {
    return { kind: classifyFileError(error), error }
  }
}

/** The first names of a directory, in the system's order. */
async function readNames(path: string, limit: number): Promise<{ found: string[]; truncated: boolean }> {
  const found: string[] = []
  for await (const entry of await opendir(path, { bufferSize: BATCH_SIZE })) {
    if (LONE_SURROGATE.test(entry.name)) continue
    if (found.length === limit) return { found, truncated: true } // leaving the loop closes the directory
    found.push(entry.name)
  }
  return { found, truncated: false }
}

/** By code unit, not by locale: the same everywhere, and fast enough for the longest listing. */
function compareEntries(one: ListingEntry, other: ListingEntry): number {
  if (one.kind !== other.kind) return one.kind === 'directory' ? -1 : 1
  return one.name < other.name ? -1 : 1
}
