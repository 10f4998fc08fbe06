import { describe, expect, it } from 'vitest'
import { checkStrayPaths } from '../check-stray-paths.mjs'
import { fixtureTree } from './fixture-tree.ts'

/** An absolute path, put together so that it does not stand in this file. */
const path = (...segments: string[]): string => ['', ...segments].join('/')

describe('checkStrayPaths', () => {
  const problemsOf = (text: string): readonly string[] =>
    checkStrayPaths(fixtureTree({ 'a.md': text })).problems

  it.each(['home', 'root', 'Users', 'tmp'])("finds a path into one machine's /%s", (folder) => {
    const stray = path(folder, 'ada', 'notes')
    expect(problemsOf(`first\nsee ${stray}\n`)).toEqual([`a.md:2: see ${stray}`])
  })

  it('finds the folder of the repository itself', () => {
    const root = fixtureTree({ 'a.ts': '' })
    const copy = fixtureTree({ 'a.md': `see ${root}/a.ts` })
    expect(checkStrayPaths(copy, root).problems).toHaveLength(1)
  })

  it('finds where packages were fetched from', () => {
    const host = ['registry', 'example', 'org'].join('.')
    expect(problemsOf(`resolution: https://${host}/a`)).toHaveLength(1)
    expect(problemsOf(['  tarball', ' https://example.org/a.tgz'].join(':'))).toHaveLength(1)
  })

  it('leaves the paths of URLs and longer paths alone', () => {
    expect(
      problemsOf(`https://example.org${path('home', 'x')} a${path('tmp', 'x')} ../x${path('root', 'y')}`),
    ).toEqual([])
  })

  it('leaves variables of that name alone', () => {
    expect(problemsOf('const registry = new Registry()\nregistry.channels.size')).toEqual([])
  })

  it('does not read images', () => {
    expect(problemsOf(`\0${path('home', 'ada', 'x')}`)).toEqual([])
  })
})
