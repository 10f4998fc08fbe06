import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import type { Figures } from '../figures.ts'
import type { Workload } from '../workload.ts'

const PACKAGES = fileURLToPath(new URL('../../../../packages/', import.meta.url))

/** What is loaded: the JavaScript of each package, and all that `@millrace/server` needs in one minified file. */
export const sizeWorkloads: readonly Workload[] = [
  {
    name: 'size',
    contestants: [
      { name: 'server, bundled', needs: [], measure: () => bundle('server') },
      ...readdirSync(PACKAGES).map((name) => ({
        name,
        needs: [],
        measure: () => Promise.resolve(sizeOf(name)),
      })),
    ],
  },
]

function sizeOf(name: string): Figures {
  const folder = `${PACKAGES}${name}/dist`
  const files = readdirSync(folder).filter((file) => file.endsWith('.js'))
  return figures(Buffer.concat(files.map((file) => readFileSync(`${folder}/${file}`))))
}

async function bundle(name: string): Promise<Figures> {
  const { output } = await build({
    input: `${PACKAGES}${name}/dist/index.js`,
    platform: 'node',
    write: false,
    output: { format: 'esm', minify: true, codeSplitting: false },
  })
  return figures(Buffer.from(output[0].code))
}

function figures(code: Buffer): Figures {
  return { octets: code.length, octetsZipped: gzipSync(code).length }
}
