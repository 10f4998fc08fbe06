import { describe, expect, it } from 'vitest'
import { checkFileSizes } from '../check-file-sizes.mjs'
import { fixtureTree } from './fixture-tree.ts'

const lines = (count: number): string => 'x\n'.repeat(count)

describe('checkFileSizes', () => {
  it('passes 300 lines in silence', () => {
    expect(checkFileSizes(fixtureTree({ 'src/a.ts': lines(300) }))).toEqual({ problems: [], warnings: [] })
  })

  it('warns of a source of 301 lines, and of one of 400', () => {
    const { problems, warnings } = checkFileSizes(
      fixtureTree({ 'src/a.ts': lines(301), 'src/b.ts': lines(400) }),
    )
    expect(problems).toEqual([])
    expect(warnings).toHaveLength(2)
  })

  it('refuses 401 lines, also in a test', () => {
    const { problems } = checkFileSizes(
      fixtureTree({ 'src/a.ts': lines(401), 'x/test/a.test.ts': lines(401) }),
    )
    expect(problems).toEqual([
      'src/a.ts has 401 lines; 400 is the most',
      'x/test/a.test.ts has 401 lines; 400 is the most',
    ])
  })

  it('lets a test be long without a warning', () => {
    expect(checkFileSizes(fixtureTree({ 'x/test/a.test.ts': lines(400) }))).toEqual({
      problems: [],
      warnings: [],
    })
  })

  it('does not count what is not source', () => {
    expect(checkFileSizes(fixtureTree({ 'x/test/fixtures/a.json': lines(4000) })).problems).toEqual([])
  })
})
