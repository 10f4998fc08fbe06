import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Headers } from '../src/index.ts'

/** What a Headers is, said in the plainest way. */
class Model {
  lines: [string, string][] = []
  is(name: string): (line: readonly [string, string]) => boolean {
    return ([other]) => other.toLowerCase() === name.toLowerCase()
  }
  append(name: string, value: string): void {
    this.lines.push([name, value])
  }
  setRawHeaders(name: string, values: readonly string[]): void {
    const first = this.lines.findIndex(this.is(name))
    const place = first === -1 ? this.lines.length : first
    const others = (line: [string, string]): boolean => !this.is(name)(line)
    const added = values.map((value): [string, string] => [name, value])
    this.lines = [...this.lines.slice(0, place), ...added, ...this.lines.slice(place).filter(others)]
  }
  set(name: string, value: string): void {
    this.setRawHeaders(name, [value])
  }
  removeHeader(name: string): void {
    this.setRawHeaders(name, [])
  }
  getAll(name: string): string[] {
    return this.lines.filter(this.is(name)).map(([, value]) => value)
  }
}

type Both = (target: Headers | Model) => void
const name = fc.constantFrom('a', 'A', 'b', 'Host', 'HOST', 'x-long-name', 'X-Long-Name', 'none')
const value = fc.constantFrom('1', '2', 'x, y')
const act = fc
  .record({ kind: fc.constantFrom('append', 'set', 'raw', 'remove'), name, value, count: fc.nat(3) })
  .map(({ kind, name, value, count }): Both => {
    if (kind === 'append') return (target) => target.append(name, value)
    if (kind === 'set') return (target) => target.set(name, value)
    if (kind === 'remove') return (target) => target.removeHeader(name)
    return (target) =>
      target.setRawHeaders(
        name,
        Array.from({ length: count }, () => value),
      )
  })

function expectSame(headers: Headers, model: Model, names: readonly string[]): void {
  expect([...headers]).toEqual(model.lines)
  for (const one of names) {
    const values = model.getAll(one)
    expect(headers.getAll(one)).toEqual(values)
    expect(headers.has(one)).toBe(values.length > 0)
    expect(headers.get(one)).toBe(values.length > 0 ? values.join(', ') : undefined)
  }
}

describe('Headers', () => {
  // Up to 64 lines are scanned, more are indexed: both, and the way from one to the other, must be the same list.
  for (const before of [0, 60, 64, 65, 120]) {
    it(`does what the plainest list does, beginning with ${before} lines (property)`, () => {
      const names = ['a', 'B', 'host', 'X-LONG-NAME', 'none', 'filler-3']
      const lines = Array.from({ length: before }, (_, index): [string, string] => [
        `Filler-${index % 50}`,
        `${index}`,
      ])
      fc.assert(
        fc.property(fc.array(fc.tuple(act, fc.nat(2)), { maxLength: 20 }), (acts) => {
          const headers = new Headers(lines)
          const model = new Model()
          model.lines = [...lines]
          for (const [both, looks] of acts) {
            both(headers)
            both(model)
            if (looks === 0) expectSame(headers, model, names)
          }
          expectSame(headers, model, names)
          expect(headers.equals(headers.copy())).toBe(true)
        }),
      )
    })
  }
})
