import { describe, expect, it } from 'vitest'
import { escapeText, picture } from '../src/picture.ts'
import type { Outcome, Target } from '../src/targets.ts'

const TARGET: Target = {
  workload: 'a <b> & "c"',
  contestant: 'us',
  figure: 'requestsPerSecond',
  against: 'them',
  bound: 'at least',
  limit: 2,
}

function outcome(value: number | null, reached: boolean): Outcome {
  return { target: TARGET, value, spread: 0, reached }
}

function barWidths(svg: string): number[] {
  return [...svg.matchAll(/<rect class="(?:reached|missed)"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
}

/** Whether every element is closed, in order, and no text or attribute holds what must be escaped. */
function isWellFormed(svg: string): boolean {
  const open: string[] = []
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [\w:-]+="[^"<>&]*")*)(\/?)>/gi,
    (_, closing, name, _attributes, empty) => {
      if (closing === '/') return open.pop() === name ? '' : '<'
      if (empty !== '/') open.push(name as string)
      return ''
    },
  )
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot);)/.test(rest)
}

describe('picture', () => {
  it('is well-formed, whatever the names are', () => {
    const svg = picture([outcome(2.2, true), outcome(1.9, false)], 'Ratios <&>')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/)
    expect(isWellFormed(svg)).toBe(true)
    expect(svg).toContain('a &lt;b&gt; &amp; &quot;c&quot;')
  })

  it('draws a bar for each target that was measured, the mark in the middle of each', () => {
    const svg = picture([outcome(2, true), outcome(null, false), outcome(1, false)], 'Ratios')
    expect(barWidths(svg)).toEqual([150, 75])
    expect(svg.match(/<line class="mark" x1="580"/g)).toHaveLength(2)
    expect(svg.match(/>reached</g)).toHaveLength(1)
    expect(svg.match(/>MISSED</g)).toHaveLength(1)
  })

  it('ends bars at twice the limit', () => {
    expect(barWidths(picture([outcome(4, true), outcome(40, true)], 'Ratios'))).toEqual([300, 300])
  })

  it('has colours for light and for dark', () => {
    expect(picture([], 'Ratios')).toContain('@media (prefers-color-scheme: dark)')
  })
})

describe('escapeText', () => {
  it('replaces what XML cannot hold at all', () => {
    expect(escapeText('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc')
  })
})
