import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DocPage } from './doc-page.ts'

const page = new DocPage('choices.md')
const rows = ['Messages', 'Framing', 'Exchanges'].flatMap((heading) => page.rowsOf(heading))

const fixture = resolve(import.meta.dirname, '../../packages/channel/test/fixtures/choices.json')

describe('docs/choices.md', () => {
  it.each(rows)('says of %s what we do, which clause leaves it open, and which test shows it', (...row) => {
    const [choice, whatWeDo, section, test] = row
    expect(row).toHaveLength(4)
    expect(choice).toMatch(/\S/)
    expect(whatWeDo).toMatch(/\S/)
    expect(section).toMatch(/^91(?:10|12) §\d/)
    expect(page.isTest(test as string)).toBe(true)
  })

  it('has each choice once, and those of the corpus among them', () => {
    const choices = rows.map(([choice]) => choice)
    expect(new Set(choices).size).toBe(choices.length)
    const ofCorpus = JSON.parse(readFileSync(fixture, 'utf8')) as { choice: string }[]
    expect(choices).toEqual(expect.arrayContaining(ofCorpus.map(({ choice }) => choice)))
  })

  it('has no link that leads nowhere, and none that nothing uses', () => {
    const used = rows.map(([, , , test]) => test?.split(']')[0])
    expect(page.definedLinks.sort()).toEqual([...new Set(used)].sort())
    expect(page.brokenLinks).toEqual([])
  })
})
