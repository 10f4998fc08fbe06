import { describe, expect, it } from 'vitest'
import { checkPublicTypes } from '../check-public-types.mjs'
import { fixtureTree } from './fixture-tree.ts'

describe('checkPublicTypes', () => {
  /** The problems of one report with this code. */
  const problemsOf = (...code: string[]): readonly string[] =>
    checkPublicTypes(fixtureTree({ 'etc/x.api.md': ['## any', '', '```ts', ...code, '```', ''].join('\n') }))
      .problems

  it.each(['export function f(a: any): void;', 'a: Map<string, any>;', 'a: any[];', 'export type A = any;'])(
    'refuses %s',
    (code) => {
      expect(problemsOf(code)).toEqual([`etc/x.api.md: any in "${code}"`])
    },
  )

  it('accepts the constructor that a mixin extends', () => {
    expect(problemsOf('export type Constructor<T> = abstract new (...args: any[]) => T;')).toEqual([])
  })

  it('refuses the arguments of any other function', () => {
    expect(problemsOf('export function f(...args: any[]): void;')).toHaveLength(1)
  })

  it('does not take the word in prose or in a string for the type', () => {
    expect(problemsOf('// not any: at all', "type A = 'any' | many;")).toEqual([])
  })

  it('refuses a repository without reports', () => {
    expect(checkPublicTypes(fixtureTree({})).problems).toHaveLength(1)
  })
})
