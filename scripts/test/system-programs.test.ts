import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { describeMissing, missingPrograms } from '../system-programs.mjs'

describe('missingPrograms', () => {
  const program = (...commands: string[]) => ({ commands, debianPackage: 'a-package', neededBy: 'tests' })

  it('finds a program on the path, under any of its names', () => {
    expect(missingPrograms([program('no-such-program', 'node')], dirname(process.execPath))).toEqual([])
  })

  it('names what is missing and its package', () => {
    const missing = missingPrograms([program('no-such-program')], dirname(process.execPath))
    expect(missing.map(describeMissing)).toEqual([
      'missing program: no-such-program (Debian package a-package), needed by tests\n',
    ])
  })
})
