/**
 * What {@link ProxyProtocolError} says about the beginning of a connection, as a stable name.
 *
 * @public
 */
export type ProxyProtocolErrorCode =
  | 'ERR_PROXY_UNTRUSTED'
  | 'ERR_PROXY_FORBIDDEN'
  | 'ERR_PROXY_MISSING'
  | 'ERR_PROXY_TIMEOUT'
  | 'ERR_PROXY_INCOMPLETE'
  | 'ERR_PROXY_VERSION'
  | 'ERR_PROXY_LINE'
  | 'ERR_PROXY_LINE_END'
  | 'ERR_PROXY_LINE_TOO_LONG'
  | 'ERR_PROXY_ADDRESS'
  | 'ERR_PROXY_PORT'
  | 'ERR_PROXY_COMMAND'
  | 'ERR_PROXY_FAMILY'
  | 'ERR_PROXY_LENGTH'
  | 'ERR_PROXY_TOO_LARGE'
  | 'ERR_PROXY_TLV'
  | 'ERR_PROXY_CHECKSUM'

interface Description {
  readonly message: string
  readonly statusHint: number
  readonly section: string
}

const DESCRIPTIONS: Readonly<Record<ProxyProtocolErrorCode, Description>> = {
  ERR_PROXY_UNTRUSTED: {
    message: 'the peer is not among those whose header is believed',
    statusHint: 403,
    section: '§2',
  },
  ERR_PROXY_FORBIDDEN: {
    message: 'the connection begins with a header, and none is allowed here',
    statusHint: 400,
    section: '§5',
  },
  ERR_PROXY_MISSING: {
    message: 'the connection does not begin with a header',
    statusHint: 400,
    section: '§2.2',
  },
  ERR_PROXY_TIMEOUT: { message: 'the header did not come in time', statusHint: 408, section: '§2' },
  ERR_PROXY_INCOMPLETE: {
    message: 'the peer stopped sending inside the header',
    statusHint: 400,
    section: '§2.2',
  },
  ERR_PROXY_VERSION: {
    message: 'a version of the header that is not accepted',
    statusHint: 400,
    section: '§2.2',
  },
  ERR_PROXY_LINE: { message: 'malformed header line', statusHint: 400, section: '§2.1' },
  ERR_PROXY_LINE_END: {
    message: 'CR without LF, or LF without CR, in the header line',
    statusHint: 400,
    section: '§2.1',
  },
  ERR_PROXY_LINE_TOO_LONG: {
    message: 'header line above 107 octets',
    statusHint: 400,
    section: '§2.1',
  },
  ERR_PROXY_ADDRESS: { message: 'malformed address', statusHint: 400, section: '§2.1' },
  ERR_PROXY_PORT: {
    message: 'port is not a decimal number from 0 to 65535',
    statusHint: 400,
    section: '§2.1',
  },
  ERR_PROXY_COMMAND: { message: 'command is neither LOCAL nor PROXY', statusHint: 400, section: '§2.2' },
  ERR_PROXY_FAMILY: {
    message: 'unassigned address family or transport protocol',
    statusHint: 400,
    section: '§2.2',
  },
  ERR_PROXY_LENGTH: {
    message: 'header too short for the addresses of its family',
    statusHint: 400,
    section: '§2.2',
  },
  ERR_PROXY_TOO_LARGE: { message: 'header above the limit', statusHint: 400, section: '§2.2' },
  ERR_PROXY_TLV: { message: 'malformed or repeated TLV', statusHint: 400, section: '§2.2' },
  ERR_PROXY_CHECKSUM: { message: 'the CRC32c of the header is wrong', statusHint: 400, section: '§2.2.3' },
}

/**
 * The beginning of a connection is not what the configuration demands. Who the client is cannot be known, so the
 * connection is of no use.
 *
 * @public
 */
export class ProxyProtocolError extends Error {
  override readonly name: string = 'ProxyProtocolError'
  /** Stable name of what is wrong. */
  readonly code: ProxyProtocolErrorCode
  /** The status that would fit, for logs: nothing is ever written to a peer that did not say who it speaks for. */
  readonly statusHint: number
  /** The clause of the PROXY protocol, versions 1 and 2. */
  readonly section: string
  /** Octets of the connection before the first impossible one; how many arrived, when that is not what is wrong. */
  readonly offset: number

  /**
   * @param code - what is wrong; message, status and section follow from it
   * @param offset - octets before the one that is refused
   */
  constructor(code: ProxyProtocolErrorCode, offset: number) {
    super(DESCRIPTIONS[code].message)
    this.code = code
    this.statusHint = DESCRIPTIONS[code].statusHint
    this.section = `PROXY protocol ${DESCRIPTIONS[code].section}`
    this.offset = offset
  }
}
