import { confirm, type Order } from '../wire.ts'

/** What every server answers, so that they differ in how and not in what. */
export const HELLO = 'Hello, World!\n'
export const HELLO_FIELDS = { 'Content-Type': 'text/plain' } as const

/** A page with the fields that a shop would set. */
export const PAGE: string = `<!doctype html>\n<title>Lamps</title>\n<ul>\n${'<li><a href="/lamp">A lamp</a></li>\n'.repeat(27)}</ul>\n`
export const PAGE_FIELDS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'private, max-age=60',
  ETag: '"5d41402abc4b2a76"',
  Vary: 'Accept-Encoding, Cookie',
  'X-Content-Type-Options': 'nosniff',
} as const

export const JSON_FIELDS = { 'Content-Type': 'application/json' } as const

/** Takes an order as text, and gives the text that is answered. */
export function answerJson(text: string): string {
  return JSON.stringify(confirm(JSON.parse(text) as Order))
}

/** What a download consists of: as many of these as it takes. */
export const PIECE: Uint8Array = new Uint8Array(65_536).fill(0x2e)
