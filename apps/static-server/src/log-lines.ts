import type { Address } from '@millrace/transport'
import type { Exchange } from './exchange.ts'

/** A request that the channel refused before it became one, or a connection that was broken off. */
export interface Refusal {
  readonly statusHint: number
  readonly code: string
  readonly message: string
}

/**
 * One exchange as a line: `GET /a.txt 200 64 B 1.3 ms`. A dash stands for the status of a client that left before it
 * had an answer.
 */
export function exchangeLine(exchange: Exchange): string {
  const { method, requestTarget, status, contentBytes, durationMs, complete } = exchange
  const end = complete ? '' : ' broken off'
  return `${escapeForLog(method)} ${escapeForLog(requestTarget)} ${status ?? '-'} ${contentBytes} B ${durationMs.toFixed(1)} ms${end}`
}

/** What the channel refused, as a line: `refused 400 ERR_HOST_MISSING: …`. */
export function refusalLine({ statusHint, code, message }: Refusal): string {
  return `refused ${statusHint} ${code}: ${escapeForLog(message)}`
}

/** A connection that was broken off before it was known whose it is, as a line; with the proxy or whoever it came from. */
export function unknownClientLine(refusal: Refusal, peer: Address): string {
  return `${refusalLine(refusal)}, from ${escapeForLog(placeOf(peer))}`
}

/** What failed on our side, as a line; with the stack where it may be a mistake of ours rather than of the disk. */
export function failureLine(
  error: unknown,
  request: { readonly method: string; readonly requestTarget: string },
): string {
  const where = `${escapeForLog(request.method)} ${escapeForLog(request.requestTarget)}`
  if (!(error instanceof Error)) return `${where} failed: ${escapeForLog(String(error))}`
  const isExpected = 'code' in error
  return `${where} failed: ${escapeForLog(isExpected ? error.message : (error.stack ?? error.message))}`
}

/**
 * Text as a part of one line that no terminal obeys: whatever is no printable ASCII becomes `\xHH` or `\u{…}`, a backslash `\\`.
 */
export function escapeForLog(text: string): string {
  return text.replace(/[^\x20-\x5b\x5d-\x7e]/gu, escapeCharacter)
}

/** An end of a connection, as `--proxy-protocol` names it. */
function placeOf(address: Address): string {
  if (address.family === 'unix' || address.family === 'memory') return address.family
  return address.host
}

function escapeCharacter(character: string): string {
  if (character === '\\') return '\\\\'
  if (character === '\n') return '\\n'
  const code = character.codePointAt(0) ?? 0
  const digits = code.toString(16)
  return code <= 0xff ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`
}
