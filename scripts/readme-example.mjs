const LINES = '((?:(?!```).*\\n)*)'
const FIRST_CODE_BLOCK = /^```ts$/m
const CODE_AND_OUTPUT = new RegExp(`^\`\`\`ts\\n${LINES}\`\`\`\\n\\s*\`\`\`text\\n${LINES}\`\`\``)

/**
 * Takes the example out of a README: its first `ts` block and the `text` block right behind it.
 *
 * @param {string} markdown
 * @returns {{ code: string, output: string } | undefined} undefined when it has no such pair
 */
export function readExample(markdown) {
  const start = markdown.search(FIRST_CODE_BLOCK)
  const match = start === -1 ? null : CODE_AND_OUTPUT.exec(markdown.slice(start))
  if (match === null) return undefined
  const [, code = '', output = ''] = match
  return { code, output }
}
