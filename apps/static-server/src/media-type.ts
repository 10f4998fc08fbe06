import { Mime } from 'mime'
import otherTypes from 'mime/types/other.js'
import standardTypes from 'mime/types/standard.js'

/** What bytes of unknown meaning are: something to download, never to run. */
const UNKNOWN_TYPE = 'application/octet-stream'

/** Where the registry is outdated, or means something else by an extension than a web site does. */
const OVERRIDES = {
  'text/javascript': ['js', 'mjs', 'cjs'], // RFC 9239; the registry's application/node would not run in a browser
  'text/plain': ['ts', 'mts', 'cts', 'tsx', 'jsx'], // source code, not an MPEG transport stream
  'application/json': ['map'],
}

/** Types outside `text/` that are always UTF-8 and are sometimes shown by clients that do not know that. */
const UTF8_TYPES = new Set(['application/json', 'application/manifest+json', 'image/svg+xml'])

const types = new Mime(standardTypes, otherTypes).define(OVERRIDES, true)

/**
 * The Content-Type for a file, by its name alone: contents are never sniffed.
 *
 * @param fileName - the last segment of its path
 */
export function mediaTypeOf(fileName: string): string {
  // The slash tells the registry that this is a path: a file that is called `html` has no extension.
  const type = types.getType(`/${fileName}`) ?? UNKNOWN_TYPE
  return isUtf8Text(type) ? `${type}; charset=utf-8` : type
}

/** Not `application/xml`: a charset would overrule the encoding that an XML file declares (RFC 7303 §3). */
function isUtf8Text(type: string): boolean {
  return type.startsWith('text/') || UTF8_TYPES.has(type)
}
