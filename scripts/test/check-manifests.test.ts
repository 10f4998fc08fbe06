import { describe, expect, it } from 'vitest'
import { checkManifests } from '../check-manifests.mjs'
import { fixtureTree, packageFiles } from './fixture-tree.ts'

const PINS = {
  'package.json': JSON.stringify({ packageManager: 'pnpm@10.0.0' }),
  'pnpm-workspace.yaml': 'catalog:\n  pnpm: 10.0.0\n',
}

/** The problems of a workspace with one package in it. */
function problemsOf(name: string, manifest: Readonly<Record<string, unknown>>): readonly string[] {
  return checkManifests(fixtureTree({ ...PINS, ...packageFiles(name, {}, manifest) })).problems
}

describe('checkManifests', () => {
  it('accepts a dependency on a package below', () => {
    expect(problemsOf('chunked', { dependencies: { '@millrace/headers': 'workspace:^' } })).toEqual([])
  })

  it('refuses a dependency on a package that is not below', () => {
    expect(problemsOf('headers', { dependencies: { '@millrace/message': 'workspace:^' } })).toEqual([
      'packages/headers depends on @millrace/message, which is not below it',
    ])
  })

  it.each(['dependencies', 'optionalDependencies'])(
    'refuses an outside package among the %s of a core',
    (field) => {
      expect(problemsOf('channel', { [field]: { outsider: '^1.0.0' } })).toEqual([
        'packages/channel depends on outsider, which is outside the workspace',
      ])
    },
  )

  it('refuses an outside peer of a core', () => {
    const manifest = {
      peerDependencies: { vitest: '>=3' },
      peerDependenciesMeta: { vitest: { optional: true } },
    }
    expect(problemsOf('channel', manifest)).toHaveLength(1)
    expect(problemsOf('testing', manifest)).toEqual([])
  })

  it('refuses an outside peer that everybody would have to install', () => {
    expect(problemsOf('testing', { peerDependencies: { vitest: '>=3' } })).toHaveLength(1)
  })

  it('accepts an outside dependency of a package for Node', () => {
    expect(problemsOf('server', { dependencies: { outsider: '^1.0.0' } })).toEqual([])
  })

  it('accepts outside packages that serve development only', () => {
    expect(problemsOf('headers', { devDependencies: { outsider: '^1.0.0' } })).toEqual([])
  })

  it('refuses a package without a place in the layers', () => {
    expect(problemsOf('drawer', {})).toEqual(['packages/drawer has no place in scripts/layers.mjs'])
  })

  it('refuses a name that is not that of the folder', () => {
    expect(problemsOf('headers', { name: '@millrace/fields' })).toEqual([
      'packages/headers is named @millrace/fields',
    ])
  })

  it('refuses two versions of pnpm', () => {
    const root = fixtureTree({ ...PINS, 'pnpm-workspace.yaml': 'catalog:\n  pnpm: 10.0.1\n' })
    expect(checkManifests(root).problems).toHaveLength(1)
  })
})
