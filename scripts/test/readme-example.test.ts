import { describe, expect, it } from 'vitest'
import { readExample } from '../readme-example.mjs'

const fence = (language: string, ...lines: string[]): string =>
  ['```' + language, ...lines, '```', ''].join('\n')

describe('readExample', () => {
  it('reads the first ts block and the text block behind it', () => {
    const readme = `# x\n\n${fence('ts', 'a()', 'b()')}\n${fence('text', '1', '2')}\n${fence('ts', 'c()')}`
    expect(readExample(readme)).toEqual({ code: 'a()\nb()\n', output: '1\n2\n' })
  })

  it('reads an example that prints nothing', () => {
    expect(readExample(fence('ts', 'a()') + fence('text'))).toEqual({ code: 'a()\n', output: '' })
  })

  it('finds none where the output is missing', () => {
    expect(readExample(fence('ts', 'a()'))).toBeUndefined()
  })

  it('finds none where prose stands between code and output', () => {
    expect(readExample(`${fence('ts', 'a()')}\nprints\n\n${fence('text', '1')}`)).toBeUndefined()
  })

  it('does not take the output of a later example', () => {
    expect(readExample(fence('ts', 'a()') + fence('ts', 'b()') + fence('text', '1'))).toBeUndefined()
  })

  it('finds none in a README without code', () => {
    expect(readExample('# x\n')).toBeUndefined()
  })
})
