import { existsSync, readFileSync } from 'node:fs'

const CORPUS = new URL('../../../../packages/channel/test/fixtures/requests.json', import.meta.url)

/** The raw requests that the channel is tested with: inputs that somebody found worth keeping. */
export function corpus(): Uint8Array[] {
  if (!existsSync(CORPUS)) return []
  const entries = JSON.parse(readFileSync(CORPUS, 'utf8')) as { readonly wire: string }[]
  return entries.map(({ wire }) => Buffer.from(wire, 'latin1')).filter((wire) => wire.length < 5_000)
}
