import { describe, expect, it } from 'vitest'
import { listFiles } from '../repository.mjs'
import { fixtureTree } from './fixture-tree.ts'

describe('listFiles', () => {
  it('leaves out what tools write', () => {
    const root = fixtureTree({
      'a.ts': '',
      'packages/x/src/b.ts': '',
      'packages/x/dist/b.js': '',
      'packages/x/temp/c.ts': '',
      'node_modules/y/d.js': '',
      '.git/e.ts': '',
      '.ci/run': '',
    })
    expect(listFiles(root)).toEqual(['.ci/run', 'a.ts', 'packages/x/src/b.ts'])
  })
})
