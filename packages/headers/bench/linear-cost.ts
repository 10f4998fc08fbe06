import { encodeLatin1, Headers, parseFieldLine, splitFieldList } from '../src/index.ts'

/** Something done with input of any size. */
export interface Work {
  readonly name: string
  /** Prepares input of `size`; gives what is measured. */
  readonly prepare: (size: number) => () => unknown
}

function distinct(size: number): [string, string][] {
  return Array.from({ length: size }, (_, index) => [`X-Field-${index}`, 'value'])
}

/** Names of one length that differ in their first character at most: the worst for a comparison from the end. */
function lookAlikes(size: number): [string, string][] {
  return Array.from({ length: size }, (_, index) => [`${'abcdefghij'[index % 10]!}ransfer-encoding`, 'value'])
}

export const WORKS: readonly Work[] = [
  {
    name: 'parseFieldLine, a long value',
    prepare: (size) => {
      const line = encodeLatin1(`name: ${'x y'.repeat(size)}`)
      return () => parseFieldLine(line)
    },
  },
  {
    name: 'parseFieldLine, whitespace around the value',
    prepare: (size) => {
      const line = encodeLatin1(`name:${' '.repeat(size)}x${'\t'.repeat(size)}`)
      return () => parseFieldLine(line)
    },
  },
  {
    name: 'splitFieldList, empty members',
    prepare: (size) => {
      const list = ' ,\t'.repeat(size)
      return () => splitFieldList(list)
    },
  },
  {
    name: 'splitFieldList, quoted strings',
    prepare: (size) => {
      const list = 'a="b\\",", '.repeat(size)
      return () => splitFieldList(list)
    },
  },
  {
    name: 'new Headers, and a lookup of each line',
    prepare: (size) => {
      const lines = distinct(size)
      return () => {
        const headers = new Headers(lines)
        for (const [name] of lines) if (headers.get(name) === undefined) throw new Error('not found')
      }
    },
  },
  {
    name: 'a lookup before each append',
    prepare: (size) => {
      const lines = distinct(size)
      return () => {
        const headers = new Headers()
        for (const [name, value] of lines) if (!headers.has(name)) headers.append(name, value)
      }
    },
  },
  {
    name: 'a lookup for each of many look-alikes',
    prepare: (size) => {
      const headers = new Headers(lookAlikes(size))
      return () => {
        for (let count = 0; count < size; count += 1)
          if (headers.has('Transfer-Encoding')) throw new Error('found')
      }
    },
  },
  {
    name: 'getAll, setRawHeaders and removeHeader of many lines',
    prepare: (size) => {
      const values = Array.from({ length: size }, () => 'value')
      return () => {
        const headers = new Headers({ host: 'a', 'x-many': values })
        headers.setRawHeaders('X-Many', headers.getAll('x-many'))
        headers.removeHeader('x-many')
      }
    },
  },
  {
    name: 'filter, copy, equals, toWire',
    prepare: (size) => {
      const headers = new Headers(distinct(size))
      return () => headers.filter((name) => name !== 'Host').equals(headers.copy()) && headers.toWire()
    },
  },
]

/** Nanoseconds per unit of size, at `size` and at `factor` times as much: the best of some rounds, taken in turn. */
export function compare(work: Work, size: number, factor: number, rounds: number): [number, number] {
  const runSmall = work.prepare(size)
  const runLarge = work.prepare(size * factor)
  let smallMs = Infinity
  let largeMs = Infinity
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    for (let time = 0; time < factor; time += 1) runSmall()
    const middle = performance.now()
    runLarge()
    smallMs = Math.min(smallMs, middle - start)
    largeMs = Math.min(largeMs, performance.now() - middle)
  }
  return [(smallMs * 1e6) / (size * factor), (largeMs * 1e6) / (size * factor)]
}
