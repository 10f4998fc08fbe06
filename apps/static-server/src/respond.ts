import { emptyAnswer, plainAnswer, type StaticAnswer } from './answer.ts'
import { answerFile } from './file-answer.ts'
import { answerListing } from './listing-answer.ts'
import { readListing } from './listing.ts'
import { formatSitePath, readRequestTarget, type SitePath } from './request-target.ts'
import type { SiteRequest } from './site-request.ts'
import type { Failure, Finding, Site } from './site.ts'

const ALLOW = ['Allow', 'GET, HEAD, OPTIONS'] as const

/** Methods that are understood, and not allowed on any file. The rest is not even understood (RFC 9110 §15.6.2). */
const REFUSED_METHODS: ReadonlySet<string> = new Set(['POST', 'PUT', 'DELETE', 'PATCH', 'CONNECT', 'TRACE'])

const FAILURE_STATUS = { missing: 404, forbidden: 403, unavailable: 503, failed: 500 } as const

/** Seconds a client waits when descriptors ran out: they come back as soon as others finish. */
const RETRY_AFTER = ['Retry-After', '1'] as const

/**
 * The answer of a site to a request. Never rejects for anything a client or the file system did.
 *
 * An answer may hold an open file: send it with a `FileProducer`, or free it with `discardAnswer`.
 */
export async function respond(request: SiteRequest, site: Site): Promise<StaticAnswer> {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') return answerOtherMethod(request)
  const isHead = method === 'HEAD'
  const target = readRequestTarget(request.requestTarget)
  if (target.kind !== 'path') return plainAnswer(400, isHead)
  const { path } = target
  const found = await find(site, path)
  if (found.finding.kind === 'file') {
    // `//a` is no second address of `/a`: caches and rules in front know only one.
    if (path.collapsed) {
      found.finding.file.close()
      return redirect(path, path.trailingSlash, isHead)
    }
    const nowMs = site.wallTimeMs()
    const context = {
      method,
      fields: request.requestHeaders,
      fileName: found.name,
      entityTag: site.entityTag,
      nowMs,
    } as const
    return answerFile(found.finding.file, context)
  }
  if (found.finding.kind !== 'directory') return answerFailure(found.finding, isHead)
  if (path.collapsed || !path.trailingSlash) return redirect(path, true, isHead)
  if (!site.listing) return plainAnswer(404, isHead)
  return await answerDirectory(request, site, path.segments, found.finding.path)
}

/**
 * Finds the file a path stands for: with a trailing slash the first index of that directory, else the directory.
 * The index is tried before the directory itself is looked at, because it is nearly always what is wanted.
 */
async function find(site: Site, path: SitePath): Promise<{ finding: Finding; name: string }> {
  if (path.trailingSlash) {
    for (const name of site.indexNames) {
      const finding = await site.open([...path.segments, name])
      if (finding.kind !== 'missing' && finding.kind !== 'directory') return { finding, name }
    }
  }
  const finding = await site.open(path.segments)
  if (path.trailingSlash && finding.kind === 'file') {
    finding.file.close() // `/a.txt/` asks for a directory
    return { finding: { kind: 'missing' }, name: '' }
  }
  return { finding, name: path.segments.at(-1) ?? '' }
}

/** Reads, sorts and prints a listing in its turn: a long one takes milliseconds of computation and megabytes. */
function answerDirectory(
  request: SiteRequest,
  site: Site,
  names: readonly string[],
  path: string,
): Promise<StaticAnswer> {
  return site.listingLimit.run(async () => {
    const listed = await readListing(site, names, path)
    if ('kind' in listed) return answerFailure(listed, request.method === 'HEAD')
    return answerListing(listed, names, request)
  })
}

function answerOtherMethod(request: SiteRequest): StaticAnswer {
  const { method } = request
  if (REFUSED_METHODS.has(method)) return plainAnswer(405, false, [ALLOW])
  if (method !== 'OPTIONS') return plainAnswer(501, false)
  const isMalformed = readRequestTarget(request.requestTarget).kind === 'malformed'
  return isMalformed ? plainAnswer(400, false) : emptyAnswer(204, [ALLOW])
}

/** 308 keeps the method. The target is a path on whatever host the client thinks it is talking to. */
function redirect(path: SitePath, trailingSlash: boolean, isHead: boolean): StaticAnswer {
  return plainAnswer(308, isHead, [['Location', formatSitePath(path, trailingSlash)]])
}

function answerFailure(failure: Failure, isHead: boolean): StaticAnswer {
  const answer = plainAnswer(
    FAILURE_STATUS[failure.kind],
    isHead,
    failure.kind === 'unavailable' ? [RETRY_AFTER] : [],
  )
  return failure.kind === 'failed' ? { ...answer, error: failure.error } : answer
}
