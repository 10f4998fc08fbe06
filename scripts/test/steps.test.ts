import { describe, expect, it } from 'vitest'
import { checkStep, commandStep, runSteps } from '../steps.mjs'
import type { Step } from '../steps.mjs'

const root = import.meta.dirname

async function outcome(...steps: Step[]): Promise<{ isGood: boolean; printed: string[] }> {
  const printed: string[] = []
  const isGood = await runSteps(steps, (line) => printed.push(line.replace(/\d+\.\d s/, 'T s')))
  return { isGood, printed }
}

describe('runSteps', () => {
  it('closes with the sum, alone on the last line', async () => {
    const tests: Step = { name: 'tests', run: async () => ({ passed: 40, failed: 2, output: 'why' }) }
    const { isGood, printed } = await outcome(
      checkStep(root, 'sizes', () => ({ problems: [] })),
      tests,
    )
    expect(isGood).toBe(false)
    expect(printed.at(-1)).toBe('41 passed, 2 failed')
  })

  it('shows the whole output of a step that fails, and goes on', async () => {
    const failing = commandStep(root, 'bad', ['node', '-e', 'console.log("one\\ntwo"); process.exit(3)'])
    const { isGood, printed } = await outcome(
      failing,
      checkStep(root, 'good', () => ({ problems: [] })),
    )
    expect(isGood).toBe(false)
    expect(printed).toEqual([
      expect.stringMatching(/^FAIL {2}bad +T s$/),
      '      one\n      two',
      expect.stringMatching(/^ok {4}good +T s$/),
      '1 passed, 1 failed',
    ])
  })

  it('stops after a required step that fails', async () => {
    const first = { ...checkStep(root, 'install', () => ({ problems: ['offline'] })), required: true }
    const { printed } = await outcome(
      first,
      checkStep(root, 'never', () => ({ problems: [] })),
    )
    expect(printed.at(-1)).toBe('0 passed, 1 failed')
  })

  it('counts a step that throws as failed', async () => {
    const step: Step = { name: 'broken', run: async () => Promise.reject(new Error('no such file')) }
    const { printed } = await outcome(step)
    expect(printed[1]).toContain('no such file')
    expect(printed.at(-1)).toBe('0 passed, 1 failed')
  })

  it('shows warnings of a step that passes', async () => {
    const { isGood, printed } = await outcome(
      checkStep(root, 'sizes', () => ({ problems: [], warnings: ['long'] })),
    )
    expect(isGood).toBe(true)
    expect(printed).toContain('      long')
  })

  it('counts a command that cannot be started as failed', async () => {
    const { printed } = await outcome(commandStep(root, 'missing', ['no-such-program-anywhere']))
    expect(printed.at(-1)).toBe('0 passed, 1 failed')
  })
})
