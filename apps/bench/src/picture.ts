import { FIGURES } from './figures.ts'
import { verdict } from './report.ts'
import type { Outcome } from './targets.ts'

const WIDTH = 960
const ROW = 24
const TOP = 48
const BAR_LEFT = 430
const BAR_WIDTH = 300
const BAR_HEIGHT = 12

/** How many times the limit a bar is as long as it gets. */
const LONGEST = 2

const STYLE = `
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.quiet { fill: #59636e }
.track { fill: #d1d9e0 }
.reached { fill: #1a7f37 }
.missed { fill: #bc4c00 }
.mark { stroke: #1f2328; stroke-width: 2 }
.ground { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .quiet { fill: #9198a1 }
  .track { fill: #30363d }
  .reached { fill: #3fb950 }
  .missed { fill: #f0883e }
  .mark { stroke: #f0f6fc }
  .ground { fill: #0d1117 }
}
`

/**
 * Draws a bar for each target that was measured: its scale is the target's own, and the mark in the middle is where the
 * target is. Colour is not the only sign: a word says what became of it.
 */
export function picture(outcomes: readonly Outcome[], title: string): string {
  const measured = outcomes.filter(({ value }) => value !== null)
  const height = TOP + measured.length * ROW + 16
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="26">${escapeText(title)}</text>
<text class="quiet" x="${WIDTH - 16}" y="26" text-anchor="end">the mark is the target; at most (≤) ends before it</text>
${measured.map((outcome, i) => row(outcome, TOP + i * ROW)).join('\n')}
</svg>
`
}

function row({ target, value, reached }: Outcome, y: number): string {
  const { workload, contestant, figure, against, bound, limit } = target
  const share = Math.min((value as number) / limit, LONGEST) / LONGEST
  const mark = BAR_LEFT + BAR_WIDTH / LONGEST
  const baseline = y + 14
  const sign = bound === 'at least' ? '≥' : '≤'
  const what = `${workload}: ${FIGURES[figure].label}${against === null ? '' : ` × ${against}`}`
  const number = `${(value as number).toFixed(2)} (${sign} ${limit})`
  return `<g>
<title>${escapeText(`${contestant}, ${what}: ${number}, ${verdict(value, reached)}`)}</title>
<text x="16" y="${baseline}">${escapeText(what)}</text>
<rect class="track" x="${BAR_LEFT}" y="${y + 4}" width="${BAR_WIDTH}" height="${BAR_HEIGHT}" rx="2"/>
<rect class="${reached ? 'reached' : 'missed'}" x="${BAR_LEFT}" y="${y + 4}" width="${(share * BAR_WIDTH).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>
<line class="mark" x1="${mark}" y1="${y + 1}" x2="${mark}" y2="${y + 19}"/>
<text x="${BAR_LEFT + BAR_WIDTH + 12}" y="${baseline}">${escapeText(number)}</text>
<text class="quiet" x="${WIDTH - 16}" y="${baseline}" text-anchor="end">${verdict(value, reached)}</text>
</g>`
}

/** Text as it may stand in an element or an attribute of XML. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
}
