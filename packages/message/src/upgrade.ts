import { hasToken, splitFieldList } from '@millrace/headers'

/**
 * What the reading of Upgrade depends on.
 *
 * @public
 */
export interface UpgradeInput {
  /** Minor version of the message, 0 or more. */
  readonly minorVersion: number
  /** The values of all its Upgrade field lines, in order. */
  readonly upgrade: readonly string[]
  /** The values of all its Connection field lines, in order. */
  readonly connection: readonly string[]
}

/**
 * The protocols that a request offers to switch to, the sender's favourite first, spelled as received: `websocket`,
 * `HTTP/2.0`. Empty when there is nothing to act on: no Upgrade field, one that Connection does not name, or HTTP/1.0,
 * where it must be ignored.
 *
 * A 101 may only name one of these; compare them without regard to case.
 *
 * @see RFC 9110 §7.8
 * @public
 */
export function offeredUpgrades({ minorVersion, upgrade, connection }: UpgradeInput): string[] {
  if (minorVersion === 0 || upgrade.length === 0 || !hasToken(connection, 'upgrade')) return []
  return upgrade.flatMap((value) => splitFieldList(value))
}
