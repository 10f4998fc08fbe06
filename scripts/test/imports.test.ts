import { cruise } from 'dependency-cruiser'
import { describe, expect, it } from 'vitest'
import rules from '../../.dependency-cruiser.mjs'
import { fixtureTree, linkPackage, packageFiles } from './fixture-tree.ts'

const { options = {}, ...ruleSet } = rules

/** Checks a tree with the repository's own rules and returns the names of those it breaks, with the importing file. */
async function violations(root: string): Promise<string[]> {
  const { output } = await cruise(['packages'], { ...options, baseDir: root, ruleSet, validate: true })
  if (typeof output === 'string') throw new Error(output)
  return output.summary.violations.map(({ rule, from }) => `${rule.name} ${from}`)
}

describe('the rules of imports', { timeout: 30_000 }, () => {
  it('let a package use the public entry of one below it', async () => {
    const root = fixtureTree({
      ...packageFiles('headers', { 'src/index.ts': 'export type A = 1\n' }),
      ...packageFiles('chunked', {
        'src/index.ts': "import type { A } from '@millrace/headers'\nexport type B = A\n",
      }),
    })
    linkPackage(root, 'chunked', 'headers')
    expect(await violations(root)).toEqual([])
  })

  it('find a cycle that consists of types alone', async () => {
    const root = fixtureTree(
      packageFiles('headers', {
        'src/index.ts': "import type { B } from './b.ts'\nexport type A = B\n",
        'src/b.ts': "import type { A } from './index.ts'\nexport type B = A | 1\n",
      }),
    )
    expect(await violations(root)).toEqual(['no-cycle packages/headers/src/b.ts'])
  })

  it("find an import of Node's modules in a neutral package, also without the node: prefix", async () => {
    const root = fixtureTree(
      packageFiles('headers', {
        'src/index.ts': "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n",
        'src/b.ts': "import type { Buffer } from 'buffer'\nexport type B = Buffer\n",
      }),
    )
    expect(await violations(root)).toEqual([
      'headers-is-runtime-neutral packages/headers/src/b.ts',
      'headers-is-runtime-neutral packages/headers/src/index.ts',
    ])
  })

  it('find an import from outside the workspace in a neutral package', async () => {
    const root = fixtureTree({
      ...packageFiles('headers', { 'src/index.ts': "export { default } from 'outsider'\n" }),
      'packages/headers/node_modules/outsider/package.json': '{ "name": "outsider", "main": "index.js" }',
      'packages/headers/node_modules/outsider/index.js': 'module.exports = 1\n',
    })
    expect(await violations(root)).toEqual(['headers-is-runtime-neutral packages/headers/src/index.ts'])
  })

  it('find an arrow that points up', async () => {
    const root = fixtureTree({
      ...packageFiles('headers', {
        'src/index.ts': "import type { B } from '@millrace/message'\nexport type A = B\n",
      }),
      ...packageFiles('message', { 'src/index.ts': 'export type B = 1\n' }),
    })
    linkPackage(root, 'headers', 'message')
    expect(await violations(root)).toEqual(['headers-uses-its-layers packages/headers/src/index.ts'])
  })

  it("find a path into another package's folder, even where the arrow is allowed", async () => {
    const root = fixtureTree({
      ...packageFiles('headers', { 'src/index.ts': 'export {}\n', 'src/inside.ts': 'export type A = 1\n' }),
      ...packageFiles('chunked', {
        'test/a.test.ts': "import type { A } from '../../headers/src/inside.ts'\n",
      }),
    })
    expect(await violations(root)).toEqual(['public-entries-only packages/chunked/test/a.test.ts'])
  })

  it('find a path past the public entry of another package', async () => {
    const root = fixtureTree({
      ...packageFiles('headers', { 'src/index.ts': 'export {}\n', 'src/inside.ts': 'export type A = 1\n' }),
      ...packageFiles('chunked', {
        'test/a.test.ts': "import type { A } from '@millrace/headers/src/inside.ts'\n",
      }),
    })
    linkPackage(root, 'chunked', 'headers')
    expect(await violations(root)).toEqual(['resolvable packages/chunked/test/a.test.ts'])
  })

  it('find a source that imports a test', async () => {
    const root = fixtureTree(
      packageFiles('headers', {
        'src/index.ts': "export type { A } from '../test/a.ts'\n",
        'test/a.ts': 'export type A = 1\n',
      }),
    )
    expect(await violations(root)).toEqual(['sources-without-tests packages/headers/src/index.ts'])
  })

  it('let only the Node entry of the client use Node and node-transport', async () => {
    const uses = "import type { Socket } from 'node:net'\nimport type { A } from '@millrace/node-transport'\n"
    const root = fixtureTree({
      ...packageFiles('client', { 'src/index.ts': uses, 'src/node-connect.ts': uses }),
      ...packageFiles('node-transport', { 'src/index.ts': 'export type A = 1\n' }),
    })
    linkPackage(root, 'client', 'node-transport')
    expect(await violations(root)).toEqual([
      'client-is-runtime-neutral packages/client/src/index.ts',
      'client-uses-its-layers packages/client/src/index.ts',
    ])
  })

  it('find a neutral part that pulls in its Node entry', async () => {
    const root = fixtureTree(
      packageFiles('client', {
        'src/index.ts': "export type { A } from './node.ts'\n",
        'src/node.ts': 'export type A = 1\n',
      }),
    )
    expect(await violations(root)).toEqual(['client-keeps-node-apart packages/client/src/index.ts'])
  })
})
