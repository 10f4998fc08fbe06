import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** TypeScript demands exactly this of the constructor that a mixin extends. */
const MIXIN_ARGUMENTS = /\bnew \(\.\.\.args: any\[\]\)/g
const COMMENT = /\/\*[^]*?\*\/|\/\/.*$/gm
const STRING = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g

/**
 * Finds `any` in the API reports: it would switch type checking off for whoever uses the package.
 *
 * @param {string} root
 * @returns {import('./steps.mjs').CheckResult}
 */
export function checkPublicTypes(root) {
  const folder = join(root, 'etc')
  if (!existsSync(folder)) return { problems: ['there are no API reports in etc/'] }
  const reports = readdirSync(folder).filter((name) => name.endsWith('.api.md'))
  return {
    problems: reports.flatMap((name) =>
      linesWithAny(readFileSync(join(folder, name), 'utf8')).map((line) => `etc/${name}: any in "${line}"`),
    ),
  }
}

/**
 * @param {string} report
 * @returns {string[]}
 */
function linesWithAny(report) {
  const code = /```ts\n([^]*?)```/.exec(report)?.[1] ?? ''
  return code
    .replace(COMMENT, '')
    .replace(STRING, "''")
    .replace(MIXIN_ARGUMENTS, 'new ()')
    .split('\n')
    .filter((line) => /\bany\b/.test(line))
    .map((line) => line.trim())
}
