import { checkHost, decideExpectation, decideRequestFraming, parseRequestTarget } from '@millrace/message'
import { isLayerError, remoteError, RemoteProtocolError } from './errors.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Makes the decisions that need a whole head, and writes them into it: the target's form, the authority, the framing.
 *
 * @param maxBodySize - octets of content that are acceptable
 * @returns whether the client waits for `100 Continue` before it sends its content
 * @throws {RemoteProtocolError} when the request must be refused
 */
export function settleHead(head: RequestHead, maxBodySize: number): boolean {
  try {
    const { minorVersion } = head
    const target = parseRequestTarget(head.method, head.requestTarget)
    head.target = target
    head.authority = checkHost({ minorVersion, target, hostValues: head.hostValues })
    head.contentLength = decideContentLength(head)
    if (head.contentLength !== null && head.contentLength > maxBodySize) {
      throw remoteError('ERR_CONTENT_TOO_LARGE', 'head')
    }
    if (head.expectValues.length === 0) return false
    const expectation = decideExpectation({ minorVersion, expect: head.expectValues })
    if (expectation === 'unknown') throw remoteError('ERR_EXPECTATION', 'head')
    return expectation === '100-continue' && head.contentLength !== 0
  } catch (error) {
    throw isLayerError(error) && !(error instanceof RemoteProtocolError)
      ? new RemoteProtocolError(error, 'head')
      : error
  }
}

function decideContentLength(head: RequestHead): number | null {
  const { transferEncodingValues: transferEncoding, contentLengthValues: contentLength } = head
  if (transferEncoding.length === 0 && contentLength.length === 0) return 0 // RFC 9112 §6.3, the common case
  const framing = decideRequestFraming({ minorVersion: head.minorVersion, transferEncoding, contentLength })
  if (framing.kind === 'chunked') return null
  return framing.kind === 'content-length' ? framing.length : 0
}
