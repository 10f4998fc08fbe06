/**
 * An HTTP/1.1 server on Node: `serve` for Fetch-style handlers, `listen` for channels of your own.
 *
 * @packageDocumentation
 */
export type { FetchContext, FetchErrorHandler, FetchHandler } from './fetch-exchange.ts'
export type { FetchRequest } from './fetch-request.ts'
export { installLightResponse, LightResponse } from './light-response.ts'
export { listen } from './listen.ts'
export type { ChannelFactory, ChannelOptions, ListenOptions } from './listen.ts'
export { serve } from './serve.ts'
export type { ServeOptions } from './serve.ts'
export type { CloseOptions, Server } from './server.ts'
