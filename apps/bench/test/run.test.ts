import { testCertificate } from '@millrace/testing/certificate'
import { beforeAll, describe, expect, it } from 'vitest'
import { commandsOf } from '../src/programs.ts'
import { run } from '../src/run.ts'
import { judge, TARGETS } from '../src/targets.ts'
import type { Contestant, Settings, Workload } from '../src/workload.ts'
import { inProcessWorkloads } from '../src/workloads/in-process.ts'
import { transferWorkloads } from '../src/workloads/transfers.ts'

let settings: Settings

beforeAll(async () => {
  settings = {
    seconds: 0.05,
    transferMebibytes: 2,
    idleConnections: 10,
    certificate: await testCertificate(),
    programs: commandsOf({ nginx: 'there-is-no-such-nginx' }),
  }
})

function pick(workloads: readonly Workload[], name: string, contestants: readonly string[]): Workload {
  const workload = workloads.find((each) => each.name === name)
  if (workload === undefined) throw new Error(`no workload ${name}`)
  return { name, contestants: workload.contestants.filter((each) => contestants.includes(each.name)) }
}

const silent = (): void => {}

describe('run', () => {
  it(
    'measures uploads and downloads in processes of their own, round by round',
    { timeout: 60_000 },
    async () => {
      const names = ['bare net', 'node:http', 'millrace channel']
      const workloads = [
        ...['upload, length', 'upload, chunked', 'download, length', 'download, chunked'],
      ].map((name) => pick(transferWorkloads, name, names))
      const { samples, failures } = await run(workloads, 1, settings, silent)
      expect(failures).toEqual([])
      expect(samples).toHaveLength(12)
      for (const { figures } of samples) expect(figures.megabytesPerSecond).toBeGreaterThan(0)
      const measured = judge(TARGETS, samples).filter(({ value }) => value !== null)
      expect(measured.length).toBeGreaterThan(0)
    },
  )

  it('measures within a process', { timeout: 60_000 }, async () => {
    const workload = pick(inProcessWorkloads, 'parse, 40 octets', ['llhttp', 'millrace'])
    const { samples, failures } = await run([workload], 2, settings, silent)
    expect(failures).toEqual([])
    expect(samples.map(({ round, contestant }) => `${round} ${contestant}`)).toEqual([
      '1 llhttp',
      '1 millrace',
      '2 llhttp',
      '2 millrace',
    ])
  })

  it('names what fails and what is missing, and goes on with the others', async () => {
    let attempts = 0
    const good: Contestant = { name: 'good', needs: [], measure: () => Promise.resolve({ octets: 1 }) }
    const wrong: Contestant = {
      name: 'wrong',
      needs: [],
      measure: () => {
        attempts += 1
        return Promise.reject(new Error('a wrong answer'))
      },
    }
    const absent: Contestant = { ...good, name: 'absent', needs: ['nginx'] }
    const said: string[] = []
    const workload: Workload = { name: 'any', contestants: [absent, wrong, good] }
    const { samples, failures } = await run([workload], 2, settings, (line) => said.push(line))
    expect(samples.map(({ contestant }) => contestant)).toEqual(['good', 'good'])
    expect(attempts).toBe(1)
    expect(failures).toEqual([
      'any, absent: missing: nginx (Debian package nginx-light); leave it out with --without nginx',
      'any, wrong: a wrong answer',
    ])
    expect(said).toContain('FAILED any, wrong: a wrong answer')
  })
})
