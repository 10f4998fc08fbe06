import { sep } from 'node:path'
import type { BigIntStats } from 'node:fs'
import { ConcurrencyLimit } from './concurrency-limit.ts'
import {
  caseAliases,
  isAdmitted,
  namesBelow,
  type LocationPolicy,
  type SymlinkPolicy,
} from './containment.ts'
import { classifyFileError, nodeFileSystem, type FileFailure, type FileSystem } from './file-system.ts'
import { isServablePath, type DotfilePolicy, type NamePolicy } from './name-policy.ts'
import { OpenFile } from './open-file.ts'
import type { EntityTagSource, FileStats } from './validators.ts'

/**
 * What of a directory is served, and as what.
 *
 * @public
 */
export interface SiteRules {
  /** Names looked for in a directory, in this order. @defaultValue `['index.html']` */
  readonly indexNames?: readonly string[]
  /** Whether a directory without an index is listed. @defaultValue true */
  readonly listing?: boolean
  /**
   * The most entries a listing shows; sorting and printing them is done in one go, and delays all other requests.
   * @defaultValue 10,000
   */
  readonly maxListingEntries?: number
  /** Which hidden names are served. @defaultValue 'well-known' */
  readonly dotfiles?: DotfilePolicy
  /** Which links are followed. @defaultValue 'within-root': nothing from outside the directory */
  readonly symlinks?: SymlinkPolicy
  /** What entity-tags are made from. @defaultValue 'stat' */
  readonly entityTag?: EntityTagSource
}

/** The rules of a site, and what it stands on: handed in by tests. */
export interface SiteOptions extends SiteRules {
  /** @defaultValue `process.platform` */
  readonly platform?: string
  /** Milliseconds since the Unix epoch. @defaultValue `Date.now` */
  readonly wallTimeMs?: () => number
  /** @defaultValue the file system of this machine */
  readonly fileSystem?: FileSystem
}

/** What was found under a path. */
export type Finding =
  | { readonly kind: 'file'; readonly file: OpenFile }
  /** `path` is where the directory really is. */
  | { readonly kind: 'directory'; readonly path: string }
  | Failure

/** Why there is nothing to serve. */
export interface Failure {
  readonly kind: FileFailure
  /** What the file system said. */
  readonly error?: unknown
}

/** What a listing says of one entry. */
export interface EntryStats {
  readonly kind: 'file' | 'directory'
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the Unix epoch. */
  readonly modifiedMs: number
}

/** The most entries a listing shows unless told otherwise. */
export const DEFAULT_MAX_LISTING_ENTRIES = 10_000

/** Two, so that a slow directory does not hold up the others; more would sort and print in the same turn. */
const MAX_CONCURRENT_LISTINGS = 2

/** How often an opened file is looked for again when a rename came in between. */
const MAX_OPEN_ATTEMPTS = 3

const MISSING: Finding = { kind: 'missing' }

/**
 * A directory as a site: finds what a path names, and opens it only if it may be served.
 *
 * The root is looked at anew as the requests come: it may be a link that is switched to another release.
 */
export class Site {
  readonly root: string
  readonly indexNames: readonly string[]
  readonly listing: boolean
  readonly maxListingEntries: number
  readonly entityTag: EntityTagSource
  readonly wallTimeMs: () => number
  /** Where listings wait for their turn. */
  readonly listingLimit: ConcurrencyLimit = new ConcurrencyLimit(MAX_CONCURRENT_LISTINGS)
  readonly #fileSystem: FileSystem
  readonly #names: NamePolicy
  readonly #location: LocationPolicy
  /** The root with its links resolved, as of the last time something was found to lie outside. */
  #realRoot: string | undefined

  /**
   * @param root - the path of a directory; need not exist yet
   * @throws {RangeError} when `maxListingEntries` is no positive integer
   * @throws {TypeError} when an index name is not a single, servable name
   */
  constructor(root: string, options: SiteOptions = {}) {
    this.root = root
    this.listing = options.listing ?? true
    this.maxListingEntries = options.maxListingEntries ?? DEFAULT_MAX_LISTING_ENTRIES
    this.entityTag = options.entityTag ?? 'stat'
    this.wallTimeMs = options.wallTimeMs ?? Date.now
    this.#fileSystem = options.fileSystem ?? nodeFileSystem
    const dotfiles = options.dotfiles ?? 'well-known'
    this.#names = { dotfiles, platform: options.platform ?? process.platform }
    this.#location = { dotfiles, symlinks: options.symlinks ?? 'within-root', separator: sep }
    if (!Number.isSafeInteger(this.maxListingEntries) || this.maxListingEntries < 1) {
      throw new RangeError(`maxListingEntries must be a positive integer, not ${this.maxListingEntries}`)
    }
    this.indexNames = options.indexNames ?? ['index.html']
    for (const name of this.indexNames) {
      if (!isServablePath([name], this.#names)) {
        throw new TypeError(`An index must be a name that is served, not ${JSON.stringify(name)}`)
      }
    }
  }

  /**
   * Finds what a path names and opens it when it is a regular file.
   *
   * The descriptor comes first and everything is asked of it, so that size, time and bytes belong to one file;
   * then the place it came from is checked with all links resolved, and that it still leads to that same file.
   *
   * @param names - decoded segments, from the root on
   */
  async open(names: readonly string[]): Promise<Finding> {
    if (!isServablePath(names, this.#names)) return MISSING
    try {
      for (let attempt = 0; attempt < MAX_OPEN_ATTEMPTS; attempt += 1) {
        const finding = await this.#openOnce(names)
        if (finding !== 'replaced') return finding
      }
      return { kind: 'unavailable' }
    } catch (error) {
      return { kind: classifyFileError(error), error }
    }
  }

  /**
   * What a listing may say of an entry; undefined for one that would not be served.
   *
   * @param names - segments from the root on
   */
  async inspect(names: readonly string[]): Promise<EntryStats | undefined> {
    if (!isServablePath(names, this.#names)) return undefined
    try {
      const path = this.#pathOf(names)
      let stats = await this.#fileSystem.lstat(path)
      if (stats.isSymbolicLink()) {
        const realPath = await this.#fileSystem.realpath(path)
        if (!(await this.#mayServe(names, realPath))) return undefined
        stats = await this.#fileSystem.stat(realPath)
      }
      if (!stats.isFile() && !stats.isDirectory()) return undefined
      const kind = stats.isFile() ? 'file' : 'directory'
      return { kind, size: Number(stats.size), modifiedMs: Number(stats.mtimeMs) }
    } catch (error) {
      if (classifyFileError(error) === 'failed') throw error
      return undefined
    }
  }

  async #openOnce(names: readonly string[]): Promise<Finding | 'replaced'> {
    const path = this.#pathOf(names)
    const fd = await this.#fileSystem.open(path)
    let isKept = false
    try {
      const stats = await this.#fileSystem.fstat(fd)
      if (!stats.isFile() && !stats.isDirectory()) return MISSING
      const realPath = await this.#realPathOrReplaced(path)
      if (realPath === undefined) return 'replaced'
      if (!(await this.#mayServe(names, realPath))) return MISSING
      const found = await this.#fileSystem.stat(realPath)
      if (found.ino !== stats.ino || found.dev !== stats.dev) return 'replaced'
      if (stats.isDirectory()) return { kind: 'directory', path: realPath }
      isKept = true
      return { kind: 'file', file: new OpenFile(this.#fileSystem, fd, fileStats(stats)) }
    } finally {
      if (!isKept) this.#fileSystem.close(fd)
    }
  }

  /** Undefined when what was opened a moment ago has no such path any more. */
  async #realPathOrReplaced(path: string): Promise<string | undefined> {
    try {
      return await this.#fileSystem.realpath(path)
    } catch (error) {
      if (classifyFileError(error) === 'missing') return undefined
      throw error
    }
  }

  /**
   * Whether the real location of what was requested may be served.
   *
   * The real root is remembered while things are found inside it. When one is not, the root may have been
   * switched since, so it is resolved again before the answer is no.
   */
  async #mayServe(names: readonly string[], realPath: string): Promise<boolean> {
    let realRoot = this.#realRoot
    if (realRoot === undefined || !isAdmitted(names, realRoot, realPath, this.#location)) {
      realRoot = await this.#fileSystem.realpath(this.root)
      this.#realRoot = realRoot
      if (!isAdmitted(names, realRoot, realPath, this.#location)) return false
    }
    return this.#isOwnSpelling(names, realRoot, realPath)
  }

  /**
   * Whether the request spells each name as the file system does. Where case is ignored, `/A.TXT` would be a
   * second address of `/a.txt`, and one that no rule about `a.txt` applies to.
   */
  async #isOwnSpelling(names: readonly string[], realRoot: string, realPath: string): Promise<boolean> {
    const realNames = namesBelow(realRoot, realPath, this.#location.separator) ?? []
    for (const position of caseAliases(names, realNames)) {
      const stats = await this.#fileSystem.lstat(this.#pathOf(names.slice(0, position + 1)))
      if (!stats.isSymbolicLink()) return false
    }
    return true
  }

  #pathOf(names: readonly string[]): string {
    const { separator } = this.#location
    if (names.length === 0) return this.root
    return (this.root.endsWith(separator) ? this.root : this.root + separator) + names.join(separator)
  }
}

function fileStats(stats: BigIntStats): FileStats {
  return { size: Number(stats.size), mtimeNs: stats.mtimeNs, inode: stats.ino }
}
