/**
 * Makes one file of each entry of the package in the working directory, from its sources: `exports` and `bin` say which.
 * Node takes about a millisecond to load a file, whatever is in it, and a package has up to forty. Names, structure and
 * source maps stay as they are; what the package depends on is loaded from where it is.
 */
import { readFileSync } from 'node:fs'
import { basename, isAbsolute, join } from 'node:path'
import { build } from 'rolldown'

const packageFolder = process.cwd()

/** @type {{ exports: Record<string, string | { default: string }>, bin?: Record<string, string> }} */
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
const exported = Object.values(manifest.exports).flatMap((entry) =>
  typeof entry === 'object' ? [entry.default] : [],
)
const names = [...exported, ...Object.values(manifest.bin ?? {})].map((file) => basename(file, '.js'))

await build({
  cwd: packageFolder,
  input: Object.fromEntries(names.map((name) => [name, `./src/${name}.ts`])),
  external: (id) => !id.startsWith('.') && !isAbsolute(id),
  platform: 'neutral',
  logLevel: 'warn',
  output: {
    dir: 'dist',
    format: 'esm',
    sourcemap: true,
    sourcemapExcludeSources: true, // they are published beside it
    chunkFileNames: 'common.js',
  },
})
