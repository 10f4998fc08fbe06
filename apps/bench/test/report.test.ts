import { describe, expect, it } from 'vitest'
import { targetTable, workloadTable } from '../src/report.ts'
import type { Sample } from '../src/samples.ts'
import { judge, type Target } from '../src/targets.ts'

const SAMPLES: readonly Sample[] = [
  { workload: 'hello', contestant: 'bare net', round: 1, figures: { requestsPerSecond: 100, late: 0 } },
  { workload: 'hello', contestant: 'millrace', round: 1, figures: { requestsPerSecond: 2000, late: 3 } },
  { workload: 'hello', contestant: 'nginx', round: 1, figures: { requestsPerSecond: 1000 } },
]

const TARGET: Target = {
  workload: 'hello',
  contestant: 'millrace',
  figure: 'requestsPerSecond',
  against: 'nginx',
  bound: 'at least',
  limit: 3,
}

describe('workloadTable', () => {
  const lines = workloadTable('hello', SAMPLES, [TARGET]).split('\n')

  it('tells the first figure against the bare server, and against peers of targets', () => {
    expect(lines[0]).toMatch(/^hello\s+req\/s\s+spread\s+late\s+× bare net\s+× nginx$/)
    expect(lines[3]).toMatch(/^millrace\s+2,000\s+0 %\s+3\s+20\.00\s+2\.00$/)
  })

  it('shows what a contestant did not tell as a dash', () => {
    expect(lines[4]).toMatch(/^nginx\s+1,000\s+0 %\s+-\s+10\.00\s+1\.00$/)
  })

  it('has columns that stand below each other', () => {
    const ends = lines.map((line) => line.length)
    expect(new Set(ends).size).toBe(1)
  })

  it('says so when nothing was measured', () => {
    expect(workloadTable('page', SAMPLES, [])).toBe('page: nothing was measured')
  })
})

describe('targetTable', () => {
  it('says of each target what is, and whether that is enough', () => {
    const reachable = { ...TARGET, limit: 2 }
    const unmeasured = { ...TARGET, against: 'twisted' }
    const lines = targetTable(judge([TARGET, reachable, unmeasured], SAMPLES)).split('\n')
    expect(lines[2]).toMatch(/nginx\s+≥ 3\s+2\.00\s+0 %\s+MISSED$/)
    expect(lines[3]).toMatch(/nginx\s+≥ 2\s+2\.00\s+0 %\s+reached$/)
    expect(lines[4]).toMatch(/twisted\s+≥ 3\s+-\s+-\s+not measured$/)
  })
})
