import { describe, expect, it } from 'vitest'
import { plan, type Choice } from '../src/plan.ts'
import type { ProgramName } from '../src/programs.ts'
import type { Target } from '../src/targets.ts'
import type { Contestant, Workload } from '../src/workload.ts'

function contestant(name: string, ...needs: ProgramName[]): Contestant {
  return { name, needs, measure: () => Promise.resolve({}) }
}

const WORKLOADS: readonly Workload[] = [
  {
    name: 'hello',
    contestants: [
      contestant('bare net', 'wrk'),
      contestant('node:http', 'wrk'),
      contestant('ours', 'wrk'),
      contestant('nginx', 'wrk', 'nginx'),
      contestant('others', 'wrk'),
    ],
  },
  { name: 'parse', contestants: [contestant('llhttp'), contestant('ours')] },
]

const TARGETS: readonly Target[] = [
  {
    workload: 'hello',
    contestant: 'ours',
    figure: 'requestsPerSecond',
    against: 'nginx',
    bound: 'at least',
    limit: 1,
  },
]

function names(choice: Partial<Choice>): Record<string, string[]> {
  const planned = plan(WORKLOADS, TARGETS, { only: [], without: [], ...choice })
  return Object.fromEntries(
    planned.map(({ name, contestants }) => [name, contestants.map((each) => each.name)]),
  )
}

describe('plan', () => {
  it('takes everything unless told otherwise', () => {
    expect(names({})).toEqual({
      hello: ['bare net', 'node:http', 'ours', 'nginx', 'others'],
      parse: ['llhttp', 'ours'],
    })
  })

  it('picks a workload by a part of its name, in any case', () => {
    expect(Object.keys(names({ only: ['PARS'] }))).toEqual(['parse'])
  })

  it('picks a contestant, beside those that it is compared with', () => {
    expect(names({ only: ['ours', 'hello'] })).toEqual({ hello: ['bare net', 'node:http', 'ours', 'nginx'] })
    expect(names({ only: ['others'] })).toEqual({ hello: ['bare net', 'node:http', 'others'] })
  })

  it('leaves out who needs a program that is to be done without', () => {
    expect(names({ without: ['nginx'] })['hello']).toEqual(['bare net', 'node:http', 'ours', 'others'])
    expect(names({ without: ['wrk'] })).toEqual({ parse: ['llhttp', 'ours'] })
  })

  it('refuses a word that is part of no name', () => {
    expect(() => names({ only: ['apache'] })).toThrow('"apache"')
  })
})
