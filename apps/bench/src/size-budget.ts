/**
 * Octets that each package's JavaScript may have, gzipped, comments and all: what it has, and about a tenth more. Whoever
 * needs more writes down here that a package became larger. `server, bundled` is what a bundler makes of the whole stack.
 */
export const SIZE_BUDGET: Readonly<Record<string, number>> = {
  'server, bundled': 49_000,
  channel: 42_700,
  chunked: 10_100,
  client: 19_300,
  headers: 10_000,
  'line-receiver': 7_100,
  message: 15_100,
  'node-transport': 13_000,
  'proxy-protocol': 13_500,
  server: 13_300,
  testing: 21_400,
  timeout: 3_400,
  transport: 200,
}
