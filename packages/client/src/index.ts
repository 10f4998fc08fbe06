/**
 * HTTP/1.1 in the client role, without I/O: one connection, and a pool of kept ones.
 *
 * @packageDocumentation
 */
export { ClientExchange } from './client-exchange.ts'
export { ClientResponse } from './client-response.ts'
export type { ClientState } from './client-state.ts'
export { CLIENT_TRANSITIONS } from './client-state.ts'
export { RequestError, UpstreamError } from './errors.ts'
export type { RequestErrorCode, UpstreamErrorCode } from './errors.ts'
export { HTTPClientChannel } from './http-client-channel.ts'
export type { ClientChannelOwner } from './http-client-channel.ts'
export { DEFAULT_CLIENT_OPTIONS } from './options.ts'
export type { ClientChannelOptions } from './options.ts'
export { PreparedRequest } from './outgoing-request.ts'
export type { OutgoingRequest } from './outgoing-request.ts'
export { DEFAULT_POOL_OPTIONS } from './pool-options.ts'
export type { Origin, PoolOptions } from './pool-options.ts'
export { Pool } from './pool.ts'
export type { PoolStatus } from './pool.ts'
export type { PendingRequest } from './pooled-request.ts'
export type { ResponseHandler } from './response-handler.ts'
export type { ResponseHead } from './response-head.ts'
export { sendRequest } from './send-request.ts'
export type { ClientRequestInit, RequestBody, SentRequest } from './send-request.ts'
