/**
 * Timeouts for protocols, on a clock that is handed in: one inactivity timeout, or many deadlines over one timer.
 *
 * @packageDocumentation
 */
export { Deadlines } from './deadlines.ts'
export type { MinimumRate } from './deadlines.ts'
export { TimeoutMixin } from './timeout-mixin.ts'
export type { Constructor, Timeout, TimeoutHost } from './timeout-mixin.ts'
