import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../src/command-line.ts'

describe('parseCommandLine', () => {
  it('has a default for everything', () => {
    expect(parseCommandLine([])).toEqual({
      rounds: 5,
      seconds: 3,
      transferMebibytes: 1024,
      idleConnections: 15000,
      only: [],
      without: [],
      places: {},
      list: false,
      json: null,
      svg: null,
      readme: null,
    })
  })

  it('takes several words and programs', () => {
    const options = parseCommandLine(['--only', 'hello', '--only', 'page', '--without', 'nginx,twisted'])
    expect(options.only).toEqual(['hello', 'page'])
    expect(options.without).toEqual(['nginx', 'twisted'])
  })

  it('knows where programs are; Twisted is where its Python is', () => {
    expect(parseCommandLine(['--bun', 'a/bun', '--python', 'a/python3']).places).toEqual({
      bun: 'a/bun',
      twisted: 'a/python3',
    })
  })

  it('takes 1 for a count, and nothing less or else', () => {
    expect(parseCommandLine(['--rounds', '1']).rounds).toBe(1)
    for (const wrong of ['0', '1.5', 'many']) {
      expect(() => parseCommandLine(['--rounds', wrong])).toThrow(RangeError)
    }
  })

  it('refuses programs and options that it does not know', () => {
    expect(() => parseCommandLine(['--without', 'apache'])).toThrow('"apache"')
    expect(() => parseCommandLine(['--fast'])).toThrow(TypeError)
  })
})
