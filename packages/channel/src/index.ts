/**
 * One HTTP/1.1 connection in the server role, without I/O: `HTTPChannel` and `Request`.
 *
 * @packageDocumentation
 */
export type { PlatformAbortSignal } from './abort-signal.ts'
export type {
  ChannelEvent,
  ChannelEvents,
  CloseEvent,
  ErrorEvent,
  EventSink,
  EventSinks,
  ExchangeEvent,
} from './channel-events.ts'
export { RequestContent } from './content.ts'
export type { ContentConsumer } from './content.ts'
export type { ErrorContext, ErrorHook, ErrorResponse } from './error-report.ts'
export { LocalProtocolError, RemoteProtocolError } from './errors.ts'
export type { LocalErrorCode, Phase, RemoteErrorCode } from './errors.ts'
export { HTTPChannel } from './http-channel.ts'
export type { DrainOptions } from './http-connection.ts'
export { STRICT } from './leniency.ts'
export type { Leniency, LeniencyFlag } from './leniency.ts'
export { DEFAULT_CHANNEL_OPTIONS } from './options.ts'
export type { HTTPChannelOptions } from './options.ts'
export { TRANSITIONS } from './read-state.ts'
export type { ReadState } from './read-state.ts'
export type { RequestChannel } from './request-channel.ts'
export { RequestHead } from './request-head.ts'
export {
  getAllHeaders,
  getArgs,
  getClientAddress,
  getCookie,
  getHeader,
  getPassword,
  getRequestHostname,
  getUser,
  isSecure,
  setHost,
} from './request-facts.ts'
export { Request } from './request.ts'
export type { RequestFactory } from './request.ts'
export type { Upgraded } from './upgrade.ts'
export { addCookie, redirect, setETag, setLastModified } from './response-shortcuts.ts'
export type { CookieAttributes } from './response-shortcuts.ts'
