/**
 * A forward and a reverse proxy for HTTP/1.1, as channels to be used, subclassed, or run as a command.
 *
 * @packageDocumentation
 */
export { GatewayChannel } from './gateway-channel.ts'
export { Gateway } from './gateway.ts'
export type { GatewayConnection, GatewayOptions } from './gateway.ts'
export { ProxyRequest } from './proxy-request.ts'
export { Proxy } from './proxy.ts'
export { RelayingRequest } from './relaying-request.ts'
export type { Route } from './relaying-request.ts'
export { ReverseProxyRequest } from './reverse-proxy-request.ts'
export { ReverseProxy } from './reverse-proxy.ts'
export { serveProxy } from './serve-proxy.ts'
export type { RunningProxy, ServeProxyOptions } from './serve-proxy.ts'
