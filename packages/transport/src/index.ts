/**
 * The contracts between protocols, transports and clocks. Types only: this package has no code.
 *
 * @packageDocumentation
 */
export type { Address, InternetAddress, MemoryAddress, UnixAddress } from './address.ts'
export type { Clock, DelayedCall } from './clock.ts'
export type { Consumer, PullProducer, PushProducer } from './producer.ts'
export type { ConnectionLost, Protocol } from './protocol.ts'
export type { Transport } from './transport.ts'
