import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Writes files into a folder of their own, which goes when the test has finished. Returns the folder. */
export function fixtureTree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-fixture-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

/** A small workspace package, as far as the checks read one. */
export function packageFiles(
  name: string,
  sources: Readonly<Record<string, string>>,
  manifest: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const folder = `packages/${name}`
  const entry = {
    '@millrace/source': './src/index.ts',
    types: './dist/index.d.ts',
    default: './dist/index.js',
  }
  return {
    [`${folder}/package.json`]: JSON.stringify({
      name: `@millrace/${name}`,
      type: 'module',
      exports: { '.': entry },
      ...manifest,
    }),
    ...Object.fromEntries(Object.entries(sources).map(([path, text]) => [`${folder}/${path}`, text])),
  }
}

/** Makes `@millrace/<target>` resolve in the package `from`, as an installation does. */
export function linkPackage(root: string, from: string, target: string): void {
  const link = join(root, 'packages', from, 'node_modules/@millrace', target)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(root, 'packages', target), link)
}
