import { describe, expect, it } from 'vitest'
import { measureKernel } from '../src/inside/kernel.ts'
import { makeKernel } from '../src/inside/subjects.ts'
import { inProcessWorkloads } from '../src/workloads/in-process.ts'

process.noDeprecation = true // of Node's own parser, which is measured beside ours

const SUBJECTS: readonly (readonly [subject: string, contestants: readonly string[]])[] = [
  ['parse-hello', ['millrace', 'millrace, fields read', 'llhttp', 'http-parser-js']],
  ['parse-page', ['millrace', 'millrace, fields read', 'llhttp', 'http-parser-js']],
  ['fields 400', ['millrace', 'llhttp']],
  ['target 16384', ['millrace', 'llhttp']],
  ['chunks 65536', ['millrace', 'llhttp']],
  ['chunks 16', ['millrace', 'llhttp']],
  ['lines', ['millrace', 'millrace, as text', 'node:readline', 'split2']],
  ['exchange', ['millrace']],
  ['respond', ['millrace', 'node:http']],
]

describe('kernels', () => {
  it.each(SUBJECTS.flatMap(([subject, contestants]) => contestants.map((name) => [subject, name] as const)))(
    '%s by %s comes to what it should',
    async (subject, contestant) => {
      const kernel = await makeKernel(subject, contestant)
      expect(kernel.octets).toBeGreaterThan(0)
      expect(await kernel.run(1)).toBe(kernel.expected)
      expect(await kernel.run(4)).toBe(4 * kernel.expected)
    },
  )

  it('are refused when there is no such thing', async () => {
    await expect(makeKernel('parse-hello', 'nobody')).rejects.toThrow(TypeError)
    await expect(makeKernel('nothing', 'millrace')).rejects.toThrow(TypeError)
  })

  it('cover all workloads in process', () => {
    const contestants = inProcessWorkloads.flatMap((workload) => workload.contestants.map(({ name }) => name))
    const covered = SUBJECTS.flatMap(([, names]) => names)
    expect(contestants.filter((name) => !covered.includes(name))).toEqual([])
  })
})

describe('measureKernel', () => {
  function counting(expected: number): { octets: number; expected: number; run(times: number): number } {
    return {
      octets: 10,
      expected,
      run: (times) => {
        let sum = 0
        for (let i = 0; i < times * 1_000; i += 1) sum += i % 2
        return sum
      },
    }
  }

  it('tells how long one time takes', async () => {
    const { nanoseconds, octets } = await measureKernel(counting(500), 0.05)
    expect(octets).toBe(10)
    expect(nanoseconds).toBeGreaterThan(1)
    expect(nanoseconds).toBeLessThan(1e6)
  })

  it('refuses a kernel that comes to something else', async () => {
    await expect(measureKernel(counting(501), 0.05)).rejects.toThrow('a wrong result: 500 instead of 501')
  })
})
