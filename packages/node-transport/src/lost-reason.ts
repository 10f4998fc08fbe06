import type { ConnectionLost } from '@millrace/transport'

/** Codes with which the system says that the peer broke the connection. */
const RESET_CODES: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED'])

/** Why the connection ended, from the socket's error. */
export function lostReason(error: unknown): ConnectionLost {
  return RESET_CODES.has(errorCode(error)) ? { kind: 'reset', error } : { kind: 'failed', error }
}

/** The `code` of a system error, `undefined` of anything else. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
