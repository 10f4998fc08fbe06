import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installFingerprint } from '../install.mjs'
import { fixtureTree, packageFiles } from './fixture-tree.ts'

describe('installFingerprint', () => {
  const files = {
    'package.json': '{ "name": "all" }',
    'pnpm-lock.yaml': 'a',
    'pnpm-workspace.yaml': 'b',
    ...packageFiles('headers', {}),
  }

  it('stays as long as nothing changes', () => {
    const tree = fixtureTree(files)
    expect(installFingerprint(tree)).toBe(installFingerprint(tree))
  })

  it.each(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'packages/headers/package.json'])(
    'changes with %s',
    (file) => {
      const tree = fixtureTree(files)
      const before = installFingerprint(tree)
      writeFileSync(join(tree, file), '{ "name": "other" }')
      expect(installFingerprint(tree)).not.toBe(before)
    },
  )
})
