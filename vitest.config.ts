import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Packages are tested from source: the condition is resolved in every project, so no build is needed. */
const conditions = ['@millrace/source', 'node', 'import', 'default']

const members = ['packages', 'apps', 'examples']
  .filter((group) => existsSync(group))
  .flatMap((group) => readdirSync(group).map((name) => ({ name, root: `${group}/${name}` })))

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    allowOnly: false,
    projects: [...members, { name: 'scripts', root: 'scripts' }]
      .filter(({ root }) => existsSync(`${root}/test`))
      .map((project) => ({
        extends: true as const,
        test: { ...project, include: ['test/**/*.test.ts'] },
      })),
  },
})
