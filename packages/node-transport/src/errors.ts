import { errorCode } from './lost-reason.ts'

/**
 * What a {@link TransportError} is about: stable, for programs.
 *
 * @public
 */
export type TransportErrorCode =
  | 'ERR_LISTEN_IN_USE'
  | 'ERR_LISTEN_DENIED'
  | 'ERR_LISTEN_UNAVAILABLE'
  | 'ERR_LISTEN_FAILED'
  | 'ERR_CONNECT_REFUSED'
  | 'ERR_CONNECT_UNREACHABLE'
  | 'ERR_CONNECT_NAME'
  | 'ERR_CONNECT_TLS'
  | 'ERR_CONNECT_TIMEOUT'
  | 'ERR_CONNECT_FAILED'

/** For each code: what happened, the status that a gateway would answer, and where that status is defined. */
const TABLE: Readonly<
  Record<TransportErrorCode, readonly [message: string, statusHint: number, section: string]>
> = {
  ERR_LISTEN_IN_USE: ['the address is in use', 500, 'RFC 9110 §15.6.1'],
  ERR_LISTEN_DENIED: ['the system does not permit to listen there', 500, 'RFC 9110 §15.6.1'],
  ERR_LISTEN_UNAVAILABLE: ['this machine has no such address', 500, 'RFC 9110 §15.6.1'],
  ERR_LISTEN_FAILED: ['the system cannot listen', 500, 'RFC 9110 §15.6.1'],
  ERR_CONNECT_REFUSED: ['nothing accepts connections there', 502, 'RFC 9110 §15.6.3'],
  ERR_CONNECT_UNREACHABLE: ['there is no way to the address', 502, 'RFC 9110 §15.6.3'],
  ERR_CONNECT_NAME: ['the host name has no address', 502, 'RFC 9110 §15.6.3'],
  ERR_CONNECT_TLS: ['the TLS handshake failed', 502, 'RFC 9110 §15.6.3'],
  ERR_CONNECT_TIMEOUT: ['no connection in time', 504, 'RFC 9110 §15.6.5'],
  ERR_CONNECT_FAILED: ['the connection could not be made', 502, 'RFC 9110 §15.6.3'],
}

/**
 * A connection could not be made or accepted. `cause` holds the error of the system.
 *
 * @public
 */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly code: TransportErrorCode
  /** The HTTP status with which a gateway would answer. */
  readonly statusHint: number
  /** Where the status is defined. */
  readonly section: string
  /** No input is involved. */
  readonly offset: undefined = undefined

  constructor(code: TransportErrorCode, where: string, cause?: unknown) {
    const [message, statusHint, section] = TABLE[code]
    super(`${where}: ${message}`, cause === undefined ? {} : { cause })
    this.code = code
    this.statusHint = statusHint
    this.section = section
  }
}

const LISTEN_CODES: Readonly<Record<string, TransportErrorCode>> = {
  EADDRINUSE: 'ERR_LISTEN_IN_USE',
  EACCES: 'ERR_LISTEN_DENIED',
  EPERM: 'ERR_LISTEN_DENIED',
  EADDRNOTAVAIL: 'ERR_LISTEN_UNAVAILABLE',
  ENOTFOUND: 'ERR_LISTEN_UNAVAILABLE',
  EAI_AGAIN: 'ERR_LISTEN_UNAVAILABLE',
}

const CONNECT_CODES: Readonly<Record<string, TransportErrorCode>> = {
  ECONNREFUSED: 'ERR_CONNECT_REFUSED',
  ENOENT: 'ERR_CONNECT_REFUSED', // a unix socket whose server is gone
  EHOSTUNREACH: 'ERR_CONNECT_UNREACHABLE',
  ENETUNREACH: 'ERR_CONNECT_UNREACHABLE',
  ENOTFOUND: 'ERR_CONNECT_NAME',
  EAI_AGAIN: 'ERR_CONNECT_NAME',
  ETIMEDOUT: 'ERR_CONNECT_TIMEOUT',
}

/** The error of a `listen` at `where`, from what the system said. */
export function listenError(where: string, cause: unknown): TransportError {
  return new TransportError(LISTEN_CODES[errorCode(cause) ?? ''] ?? 'ERR_LISTEN_FAILED', where, cause)
}

/** The error of a `connect` to `where`, from what the system said. */
export function connectError(where: string, cause: unknown, isHandshake: boolean): TransportError {
  const code = isHandshake ? 'ERR_CONNECT_TLS' : CONNECT_CODES[errorCode(cause) ?? '']
  return new TransportError(code ?? 'ERR_CONNECT_FAILED', where, cause)
}
