import { readdirSync, existsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Packages are tested from source: the condition is resolved in every project, so no build is needed. */
const conditions = ['@millrace/source', 'node', 'import', 'default']

const projects = ['packages', 'apps', 'examples'].flatMap((group) =>
  existsSync(group)
    ? readdirSync(group)
        .filter((name) => existsSync(`${group}/${name}/test`))
        .map((name) => ({
          extends: true as const,
          test: { name, root: `${group}/${name}`, include: ['test/**/*.test.ts'] },
        }))
    : [],
)

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { projects },
})
