import { createHash } from 'node:crypto'
import { entryReference } from './entry-reference.ts'
import type { Listing, ListingEntry } from './listing.ts'

const STYLE = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem }
nav ol { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0; padding: 0; list-style: none }
nav li + li::before { content: "/" / ""; margin-right: .5rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere }
table { width: 100%; border-collapse: collapse }
caption { text-align: left; padding-bottom: .5rem }
th, td { padding: .25rem .5rem; text-align: left; border-bottom: 1px solid color-mix(in srgb, currentcolor 25%, transparent) }
td:first-child { overflow-wrap: anywhere; white-space: pre-wrap }
.size { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
time { white-space: nowrap }
`

/** Nothing is loaded, nothing runs, nothing is submitted: only the page's own style applies, by its hash. */
export const LISTING_POLICY: string = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '\r': '&#13;', // a bare one would reach the page as a line feed
}

/**
 * A listing for people: one table, usable with a keyboard, a screen reader, and without scripts.
 *
 * @param names - the directory's segments, from the root of the site on
 */
export function renderListingPage(listing: Listing, names: readonly string[]): string {
  const path = escapeHtml(`/${names.map((name) => `${name}/`).join('')}`)
  const rows = listing.entries.map(renderEntry)
  if (names.length > 0) rows.unshift('<tr><td><a href="../">Parent directory</a></td><td></td><td></td></tr>')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Index of ${path}</title>
<style>${STYLE}</style>
</head>
<body>
<nav aria-label="Breadcrumb"><ol>
${renderBreadcrumb(names)}
</ol></nav>
<main>
<h1>Index of <bdi>${path}</bdi></h1>
<table>
<caption>${describe(listing)}</caption>
<thead><tr><th scope="col" aria-sort="ascending">Name</th><th scope="col" class="size">Size</th><th scope="col">Modified (UTC)</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</main>
</body>
</html>
`
}

/** Each directory on the way, the root first. Links climb by `../`, so they hold under any prefix. */
function renderBreadcrumb(names: readonly string[]): string {
  return ['Home', ...names]
    .map((name, position) => {
      const climb = names.length - position
      const label = `<bdi>${escapeHtml(name)}</bdi>`
      return climb === 0
        ? `<li><a href="./" aria-current="page">${label}</a></li>`
        : `<li><a href="${'../'.repeat(climb)}">${label}</a></li>`
    })
    .join('\n')
}

/** Names stand in `bdi`: one that turns the writing direction turns only itself. */
function renderEntry(entry: ListingEntry): string {
  const label = escapeHtml(entry.kind === 'directory' ? `${entry.name}/` : entry.name)
  const size = entry.kind === 'directory' ? '' : formatSize(entry.size)
  const modified = new Date(entry.modifiedMs).toISOString()
  const time = `<time datetime="${modified}">${modified.slice(0, 16).replace('T', ' ')}</time>`
  return `<tr><td><a href="${escapeHtml(entryReference(entry))}"><bdi>${label}</bdi></a></td><td class="size">${size}</td><td>${time}</td></tr>`
}

function describe(listing: Listing): string {
  const count = listing.entries.length
  if (listing.truncated) return `The directory is too long to show: these are ${count} of its entries.`
  return count === 1 ? '1 entry, directories first' : `${count} entries, directories first`
}

/** Exact below 1 KiB, then to one decimal. */
function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = bytes / 1024
  let unit = 0
  // 1023.95 would be printed as 1024.0, which is 1.0 of the next unit.
  while (value >= 1023.95 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

/** For text and for quoted attribute values. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => ENTITIES[character] ?? '')
}
