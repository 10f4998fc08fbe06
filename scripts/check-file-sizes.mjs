import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles } from './repository.mjs'

const SOURCE_FILE = /\.(?:ts|mts|js|mjs|css|html|py)$/
const TEST_FILE = /\/(?:test|bench)\//

/** Past this a file of the sources holds two ideas, as a rule. */
const ROOMY_LINES = 300
const MOST_LINES = 400

/**
 * @param {string} root
 * @returns {import('./steps.mjs').CheckResult}
 */
export function checkFileSizes(root) {
  const long = listFiles(root)
    .filter((file) => SOURCE_FILE.test(file))
    .map((file) => ({ file, lines: countLines(readFileSync(join(root, file), 'utf8')) }))
    .filter(({ lines }) => lines > ROOMY_LINES)
  return {
    problems: long
      .filter(({ lines }) => lines > MOST_LINES)
      .map(({ file, lines }) => `${file} has ${lines} lines; ${MOST_LINES} is the most`),
    warnings: long
      .filter(({ file, lines }) => lines <= MOST_LINES && !TEST_FILE.test(file))
      .map(({ file, lines }) => `${file} has ${lines} lines; more than ${ROOMY_LINES} is long`),
  }
}

/** @param {string} text */
function countLines(text) {
  const lines = text.split('\n').length
  return text.endsWith('\n') ? lines - 1 : lines
}
