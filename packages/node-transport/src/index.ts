/**
 * Transports on Node: TCP, TLS and unix sockets, and the real clock.
 *
 * @packageDocumentation
 */
export { connect } from './connect.ts'
export type { ConnectOptions, ConnectTarget } from './connect.ts'
export { TransportError } from './errors.ts'
export type { TransportErrorCode } from './errors.ts'
export { listen } from './listen.ts'
export type { ConnectionInfo } from './listen.ts'
export type { ListenOptions } from './listen-options.ts'
export type { Listener } from './listener.ts'
export { NodeClock, nodeClock } from './node-clock.ts'
export type { NodeClockOptions } from './node-clock.ts'
export { NodeTransport } from './node-transport.ts'
export type { NodeTransportOptions } from './node-transport.ts'
export { SocketWriter } from './socket-writer.ts'
export type { WriteOptions } from './socket-writer.ts'
export { WriteTurns, type WriteTurnsOptions } from './write-turns.ts'
