/**
 * Bytes to lines: any delimiter, exact limits, raw mode, back-pressure, linear cost. No I/O inside.
 *
 * @packageDocumentation
 */
export { LineError } from './errors.ts'
export type { LineErrorCode } from './errors.ts'
export { LineBuffer } from './line-buffer.ts'
export { LineReceiver } from './line-receiver.ts'
export { DEFAULT_MAX_LENGTH } from './options.ts'
export type { LineReceiverOptions } from './options.ts'
