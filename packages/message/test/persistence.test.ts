import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decidePersistence } from '../src/index.ts'

describe('decidePersistence', () => {
  it.each([1, 2])('rule 82: keeps HTTP/1.%d open by default (RFC 9112 §9.3)', (minorVersion) => {
    expect(decidePersistence({ minorVersion, connection: [] })).toBe(true)
  })

  it('rule 82: closes HTTP/1.0 by default (RFC 9112 §9.3)', () => {
    expect(decidePersistence({ minorVersion: 0, connection: [] })).toBe(false)
  })

  it.each([
    ['close'],
    ['Close'],
    ['CLOSE'],
    ['close, TE'],
    ['TE,close'],
    ['TE', 'close'],
    [', close'],
    ['close,'],
    ['\tclose\t'],
    ['upgrade , close , te'],
    ['close, token, upgrade, token, keep-alive'],
    ['keep-alive, close'],
    ['keep-alive', 'close'],
  ])('rule 82: closes for Connection %j %j (RFC 9112 §9.3)', (...connection) => {
    expect(decidePersistence({ minorVersion: 1, connection })).toBe(false)
    expect(decidePersistence({ minorVersion: 0, connection })).toBe(false)
  })

  it.each([['keep-alive'], ['Keep-Alive'], ['KEEP-ALIVE'], ['te, keep-alive'], ['te', 'keep-alive']])(
    'rule 82: keeps HTTP/1.0 open for Connection %j %j (RFC 9112 §9.3)',
    (...connection) => {
      expect(decidePersistence({ minorVersion: 0, connection })).toBe(true)
    },
  )

  it.each([[''], ['closed'], ['"close"'], ['close-now'], ['not close'], ['close=1'], ['keep'], ['upgrade']])(
    'takes nothing else for an option: %j (RFC 9110 §7.6.1)',
    (...connection) => {
      expect(decidePersistence({ minorVersion: 1, connection })).toBe(true)
      expect(decidePersistence({ minorVersion: 0, connection })).toBe(false)
    },
  )

  it('reads one list, however it is spread over lines, and whatever the order', () => {
    const option = fc.constantFrom('close', 'keep-alive', 'Keep-Alive', 'te', 'upgrade', 'CLOSE', '')
    fc.assert(
      fc.property(fc.nat(1), fc.array(fc.array(option)), (minorVersion, lines) => {
        const options = lines.flat().map((name) => name.toLowerCase())
        const open = !options.includes('close') && (minorVersion === 1 || options.includes('keep-alive'))
        expect(decidePersistence({ minorVersion, connection: lines.map((line) => line.join(' ,')) })).toBe(
          open,
        )
      }),
      { numRuns: 2_000 },
    )
  })
})
