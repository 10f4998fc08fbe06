/**
 * Octets that each package's JavaScript may have, gzipped, comments and all: what it has, and about a tenth more. Whoever
 * needs more writes down here that a package became larger. `server, bundled` is what a bundler makes of the whole stack.
 */
export const SIZE_BUDGET: Readonly<Record<string, number>> = {
  'server, bundled': 49_000,
  channel: 47_000,
  chunked: 11_500,
  client: 20_500,
  headers: 11_500,
  'line-receiver': 7_800,
  message: 16_200,
  'node-transport': 14_600,
  'proxy-protocol': 15_000,
  server: 14_600,
  testing: 16_700,
  timeout: 3_800,
  transport: 200,
}
