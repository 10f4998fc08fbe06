/**
 * The PROXY protocol: a filter that reads who is behind a proxy before anything else is read, and the writer for proxies.
 *
 * @packageDocumentation
 */
export { encodeProxyHeaderV1 } from './encode-v1.ts'
export { encodeProxyHeaderV2 } from './encode-v2.ts'
export type { EncodeV2Options } from './encode-v2.ts'
export { ProxyProtocolError } from './errors.ts'
export type { ProxyProtocolErrorCode } from './errors.ts'
export { ProxyHeaderReader } from './header-reader.ts'
export type { ProxyEndpoints, ProxyHeader, ProxyTlv } from './header.ts'
export { DEFAULT_PROXY_PROTOCOL_OPTIONS } from './options.ts'
export type { ProxyHeaderOptions, ProxyProtocolOptions } from './options.ts'
export { ProxiedTransport } from './proxied-transport.ts'
export { ProxyProtocol } from './proxy-protocol.ts'
export { PROXY_TLV } from './tlv.ts'
export { peerMatcher } from './trusted-peers.ts'
