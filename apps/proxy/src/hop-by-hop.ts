import { splitFieldList } from '@millrace/headers'

/**
 * Fields that are about one connection, or between a client and its next proxy: they never travel further
 * (RFC 9110 §7.6.1), whether Connection names them or not.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Fields whose loss would change what a message is: nobody may have them removed by naming them in Connection. */
const PROTECTED: ReadonlySet<string> = new Set(['host', 'content-length', 'transfer-encoding'])

const NONE: ReadonlySet<string> = new Set()

/** Whether a field of this name, in lower case, is for the next hop alone. */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name)
}

/**
 * The names of fields, in lower case, that the sender wants removed by the next hop.
 *
 * @param connection - the values of all Connection lines
 */
export function nominatedFields(connection: readonly string[]): ReadonlySet<string> {
  if (connection.length === 0) return NONE
  if (connection.length === 1 && /^(?:keep-alive|close)$/i.test(connection[0] as string)) return NONE
  return new Set(connection.flatMap((value) => splitFieldList(value.toLowerCase())))
}

/** The first of the nominated fields that may not be removed, `undefined` when all may. */
export function protectedField(nominated: ReadonlySet<string>): string | undefined {
  for (const name of nominated) if (PROTECTED.has(name)) return name
  return undefined
}
