/**
 * Timeouts for protocols, on a clock that is handed in: one inactivity timeout, or many deadlines over one timer.
 *
 * @packageDocumentation
 */
export { TimeoutMixin } from './timeout-mixin.ts'
export type { Constructor, Timeout, TimeoutHost } from './timeout-mixin.ts'
