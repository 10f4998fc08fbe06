import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** The numbers of the rules. */
const ALL = Array.from({ length: 90 }, (_, index) => index + 1)

const folder = resolve(import.meta.dirname, '../../packages/channel/test/rules')

/** The numbers N of the tests `it('rule N: …')` and `it.each(…)('rule N: …')` in `source`. */
function testedRules(source: string): number[] {
  const numbers: number[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTestFunction(node.expression)) {
      const [title] = node.arguments
      const found = title !== undefined && ts.isStringLiteralLike(title) && /^rule (\d+): ./.exec(title.text)
      if (found) numbers.push(Number(found[1]))
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('rules.test.ts', source, ts.ScriptTarget.Latest))
  return numbers
}

/** Whether this is `it`, or what `it.each(…)` gives. */
function isTestFunction(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return node.text === 'it'
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const { expression, name } = node.expression
  return ts.isIdentifier(expression) && expression.text === 'it' && name.text === 'each'
}

/** The rules that no test in `source` is named after. */
function missingRules(source: string): number[] {
  const tested = new Set(testedRules(source))
  return ALL.filter((number) => !tested.has(number))
}

/** A test file with one test for each rule but those. */
function without(...missing: number[]): string {
  const tested = ALL.filter((number) => !missing.includes(number))
  return tested.map((number) => `it('rule ${number}: is kept', () => {})\n`).join('')
}

describe('the rules of HTTP/1.1', () => {
  const source = readdirSync(folder)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n')

  it('have a test each, named after its number', () => {
    expect(missingRules(source)).toEqual([])
    expect(testedRules(source).filter((number) => !ALL.includes(number))).toEqual([])
  })

  it('are missed when one has none', () => {
    expect(missingRules(without())).toEqual([])
    expect(missingRules(without(1, 35, 90))).toEqual([1, 35, 90])
  })

  it.each([
    "it('rule 7: x', () => {})",
    'it("rule 7: it\'s", () => {})',
    "it.each(['a'])('rule 7: %j', () => {})",
    "describe('a group', () => {\n  it.each([\n    ['a'],\n  ])(\n    'rule 7: %j',\n    () => {},\n  )\n})",
  ])('are seen in %j', (test) => {
    expect(testedRules(test)).toEqual([7])
  })

  it.each([
    "// it('rule 7: x', () => {})",
    "it.skip('rule 7: x', () => {})",
    "it.todo('rule 7: x')",
    "it('rules 7, 8: x', () => {})",
    "it('rule 7, 8: x', () => {})",
    "it('keeps rule 7: x', () => {})",
    "it('rule 7', () => {})",
    "describe('rule 7: x', () => {})",
  ])('are not seen in %j', (test) => {
    expect(testedRules(test)).toEqual([])
  })
})
