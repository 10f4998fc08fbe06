import type { Address } from '@millrace/transport'

/**
 * Both ends of the connection that a proxy passes on.
 *
 * @public
 */
export interface ProxyEndpoints {
  /** The client's end. */
  readonly source: Address
  /** The end that the client connected to. */
  readonly destination: Address
}

/**
 * One piece of what a proxy says besides the addresses.
 *
 * @public
 */
export interface ProxyTlv {
  /** 0–255; `PROXY_TLV` has the registered ones. */
  readonly type: number
  /** A view of the header, 0–65535 octets; not to be changed. */
  readonly value: Uint8Array
}

/**
 * What the header at the beginning of a connection says.
 *
 * @public
 */
export interface ProxyHeader {
  readonly version: 1 | 2
  /** `local`: the proxy speaks for itself, a health check most often. `proxy`: it passes on what a client sends. */
  readonly command: 'local' | 'proxy'
  /** Whom it speaks for; `null` when it speaks for itself or does not know: the connection's own ends count. */
  readonly endpoints: ProxyEndpoints | null
  /** How the client is connected to the proxy; `null` when there are no endpoints. */
  readonly transport: 'stream' | 'dgram' | null
  /** All of version 2, in order. Those that are understood stand below, too. Empty when there are no endpoints. */
  readonly tlvs: readonly ProxyTlv[]
  /** The protocol that the client and the proxy agreed on (RFC 7301), one octet a character. */
  readonly alpn: string | null
  /** The host name that the client asked the proxy for: its SNI. */
  readonly authority: string | null
  /** The proxy's name for the connection, up to 128 octets. */
  readonly uniqueId: Uint8Array | null
}
