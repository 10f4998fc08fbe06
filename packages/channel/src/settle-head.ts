import { decodeLatin1 } from '@millrace/headers'
import { checkHost, decideExpectation, decideRequestFraming, parseRequestTarget } from '@millrace/message'
import { isLayerError, remoteError, RemoteProtocolError } from './errors.ts'
import { STRICT, type Leniency } from './leniency.ts'
import { mendHead } from './mend-head.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Makes the decisions that need a whole head, and writes them into it: the target's form, the authority, the framing.
 *
 * @param maxBodySize - octets of content that are acceptable
 * @param leniency - what is mended, and then judged again as if it had been sent so
 * @param hostVersion - the minor version whose rules for a missing Host hold
 * @returns whether the client waits for `100 Continue` before it sends its content
 * @throws {RemoteProtocolError} when the request must be refused
 */
export function settleHead(
  head: RequestHead,
  maxBodySize: number,
  leniency: Leniency = STRICT,
  hostVersion: number = head.minorVersion,
): boolean {
  try {
    const { minorVersion } = head
    const target = parseRequestTarget(head.method, head.requestTarget)
    head.target = target
    head.authority = checkHost({ minorVersion: hostVersion, target, hostValues: head.hostValues })
    head.contentLength = decideContentLength(head)
    if (head.contentLength !== null && head.contentLength > maxBodySize) {
      throw remoteError('ERR_CONTENT_TOO_LARGE', 'head', valueOffset(head, 'content-length'))
    }
    if (head.expectValues.length === 0) return false
    const expectation = decideExpectation({ minorVersion, expect: head.expectValues })
    if (expectation === 'unknown') throw remoteError('ERR_EXPECTATION', 'head', valueOffset(head, 'expect'))
    return expectation === '100-continue' && head.contentLength !== 0
  } catch (error) {
    if (!isLayerError(error) || error instanceof RemoteProtocolError) throw error
    if (leniency !== STRICT && mendHead(head, error.code, leniency))
      return settleHead(head, maxBodySize, leniency, error.code === 'ERR_HOST_MISSING' ? 0 : hostVersion)
    throw new RemoteProtocolError(error, 'head', headOffset(head, error.code, error.offset ?? 0))
  }
}

function decideContentLength(head: RequestHead): number | null {
  const { transferEncodingValues: transferEncoding, contentLengthValues: contentLength } = head
  if (transferEncoding.length === 0 && contentLength.length === 0) return 0 // RFC 9112 §6.3, the common case
  const framing = decideRequestFraming({ minorVersion: head.minorVersion, transferEncoding, contentLength })
  if (framing.kind === 'chunked') return null
  return framing.kind === 'content-length' ? framing.length : 0
}

/** Where in the head the text is that an error of the layer below counts its offset in. */
function headOffset(head: RequestHead, code: string, offset: number): number | undefined {
  if (code.startsWith('ERR_TARGET_') || code === 'ERR_CONNECT_PORT') return head.method.length + 1 + offset
  const name = code.startsWith('ERR_HOST')
    ? 'host'
    : code.startsWith('ERR_CONTENT_LENGTH')
      ? 'content-length'
      : 'transfer-encoding'
  const at = valueOffset(head, name, code.endsWith('_REPEATED') ? 1 : 0)
  return at === undefined ? undefined : at + offset
}

/** Where in the head the value of a field line of that name begins; `line` counts those lines. */
function valueOffset(head: RequestHead, name: string, line: number = 0): number | undefined {
  const lines = [...decodeLatin1(head.raw()).matchAll(new RegExp(`^${name}:[ \\t]*`, 'gim'))]
  const found = lines[line]
  return found === undefined ? undefined : found.index + found[0].length
}
