/**
 * What a {@link LineReceiver} can be told at construction. Everything is optional.
 *
 * @public
 */
export interface LineReceiverOptions {
  /**
   * What ends a line; never part of it. Text stands for its latin-1 octets.
   *
   * @defaultValue CR LF
   */
  readonly delimiter?: Uint8Array | string
  /**
   * The longest line that is delivered, in bytes, without its delimiter. It bounds what one peer can make us hold.
   *
   * @defaultValue {@link DEFAULT_MAX_LENGTH}
   */
  readonly maxLength?: number
}

/**
 * The longest line in bytes where nothing else is said: ample for any head line, small beside a connection's cost.
 *
 * @public
 */
export const DEFAULT_MAX_LENGTH = 16_384

/** What ends a line where nothing else is said. */
export const DEFAULT_DELIMITER = '\r\n'

/** @throws {RangeError} when `maxLength` is not a count of bytes */
export function checkMaxLength(maxLength: number): number {
  if (!Number.isSafeInteger(maxLength) || maxLength < 0) {
    throw new RangeError(`maxLength must be a whole number of bytes, 0 or more: ${maxLength}`)
  }
  return maxLength
}
