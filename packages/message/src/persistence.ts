import { hasToken } from '@millrace/headers'

/**
 * What the decision about a connection depends on.
 *
 * @public
 */
export interface PersistenceInput {
  /** Minor version of the message that was received, 0 or more. */
  readonly minorVersion: number
  /** The values of all its Connection field lines, in order. */
  readonly connection: readonly string[]
}

/**
 * Whether the connection stays open behind this message, as far as its sender is concerned.
 *
 * Connection is one list over all its lines, its options are case-insensitive, and `close` wins over everything else.
 * Without it HTTP/1.1 stays open, HTTP/1.0 only when it asks with `keep-alive`. A proxy answers `keep-alive` of an
 * HTTP/1.0 client at its own risk (RFC 9112 §9.3): that is for the caller to know.
 *
 * @see RFC 9112 §9.3, RFC 9110 §7.6.1
 * @public
 */
export function decidePersistence({ minorVersion, connection }: PersistenceInput): boolean {
  if (connection.length === 0) return minorVersion >= 1
  if (connection.length === 1 && isKeepAlive(connection[0] as string)) return true
  if (hasToken(connection, 'close')) return false
  return minorVersion >= 1 || hasToken(connection, 'keep-alive')
}

/** What nearly all lines of this field say, in the two spellings in use: no list has to be made of it. */
function isKeepAlive(value: string): boolean {
  return value === 'keep-alive' || value === 'Keep-Alive'
}
