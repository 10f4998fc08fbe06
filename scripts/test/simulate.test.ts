import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { runCommand } from '../run-command.mjs'

const root = resolve(import.meta.dirname, '../..')

const simulate = (...args: string[]): ReturnType<typeof runCommand> =>
  runCommand(root, ['node', 'scripts/simulate.mjs', ...args])

it('npm run simulate says what it simulated and found', { timeout: 60_000 }, async () => {
  const { code, output } = await simulate('--seeds', '2', '--connections', '3', '--from', '5')
  expect(output).toMatch(/^2 seeds, 6 connections, \d+ exchanges, 0 violations, \d+\.\d s\n$/)
  expect(code).toBe(0)
})

it.each([
  ['--seeds', 'many'],
  ['--connections', '0'],
  ['--speed', '5'],
])('npm run simulate refuses %s %s and says how it is used', { timeout: 60_000 }, async (...args) => {
  const { code, output } = await simulate(...args)
  expect(output).toContain('npm run simulate -- [--seeds')
  expect(code).toBe(1)
})
