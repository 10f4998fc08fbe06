import type { EntityTag } from './entity-tag.ts'

/** What is known of a file that tells one state of it from another. */
export interface FileStats {
  /** Bytes. */
  readonly size: number
  /** Nanoseconds since the Unix epoch. */
  readonly mtimeNs: bigint
  readonly inode: bigint
}

/** What a representation can be recognised by. Both are undefined for one that is made anew for each request. */
export interface Validators {
  readonly entityTag: EntityTag | undefined
  /** Milliseconds since the Unix epoch, of a whole second that is never later than the answer's own Date. */
  readonly lastModifiedMs: number | undefined
}

/**
 * What the entity-tag of a file is made from.
 *
 * @public
 */
export type EntityTagSource =
  /** Modification time, size and inode: changes with every replacement. */
  | 'stat'
  /** Modification time and size: equal on several machines that serve copies of one tree. */
  | 'mtime-size'
  /** No entity-tag. */
  | 'off'

const NANOSECONDS_PER_MS = 1_000_000n

/**
 * Images and package stores (Docker, Nix, Bazel) set every time to 0 or 1: a time that all states share
 * would call a changed file unchanged.
 */
const MEANINGLESS_MTIME_SECONDS = 1

/**
 * A file may change again within the resolution of its own clock (2 s at worst, on FAT) without getting another
 * time. Until that has passed, equal metadata does not promise equal bytes.
 */
const RACY_WINDOW_MS = 2_000

/**
 * The validators of a file.
 *
 * @param nowMs - milliseconds since the Unix epoch, the moment of the answer
 * @see RFC 9110 §8.8
 */
export function fileValidators(stats: FileStats, source: EntityTagSource, nowMs: number): Validators {
  const mtimeMs = Number(stats.mtimeNs / NANOSECONDS_PER_MS)
  const mtimeSeconds = Math.floor(mtimeMs / 1000)
  if (mtimeSeconds <= MEANINGLESS_MTIME_SECONDS) return { entityTag: undefined, lastModifiedMs: undefined }
  return {
    entityTag:
      source === 'off'
        ? undefined
        : { weak: nowMs - mtimeMs < RACY_WINDOW_MS, opaque: opaqueTag(stats, source) },
    lastModifiedMs: Math.min(mtimeSeconds, Math.floor(nowMs / 1000)) * 1000,
  }
}

function opaqueTag(stats: FileStats, source: 'stat' | 'mtime-size'): string {
  const state = `${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}`
  return source === 'stat' ? `${state}-${stats.inode.toString(36)}` : state
}
