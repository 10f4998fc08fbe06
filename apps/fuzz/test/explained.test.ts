import { describe, expect, it } from 'vitest'
import { isExplained } from '../src/targets/explained.ts'

describe('what Node refuses and ours takes', () => {
  it.each(['HPE_INVALID_VERSION', 'silence'])('is explained for PRI, which is no preface: %s', (code) => {
    const wire = 'PRI / HTTP/1.0\r\n\r\n'
    expect(isExplained({ code, head: 'PRI / 1.0\n', before: '', wire })).toBe(true)
    expect(isExplained({ code, head: 'GET / 1.0\n', before: '', wire })).toBe(false)
  })
})
