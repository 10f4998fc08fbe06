import { wireBytes, wireText } from '@millrace/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineReceiver } from '../src/index.ts'
import { Recorder } from './recorder.ts'

/** Cuts `bytes` at the given places, taken modulo its length. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [0, ...at].map((from, index) => bytes.subarray(from, at[index] ?? bytes.length))
}

/** What must be delivered, by the shortest description of it. */
function model(wire: string, delimiter: string, maxLength: number): { lines: string[]; tooLong: boolean } {
  const lines: string[] = []
  let rest = wire
  for (;;) {
    const at = rest.indexOf(delimiter)
    if (at === -1) return { lines, tooLong: rest.length >= maxLength + delimiter.length }
    if (at > maxLength) return { lines, tooLong: true }
    lines.push(rest.slice(0, at))
    rest = rest.slice(at + delimiter.length)
  }
}

const places = fc.array(fc.nat(100_000), { maxLength: 12 })
const delimiter = fc.constantFrom('\r\n', '\n', 'aa', 'aab', '\r\n.\r\n')
const wire = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'b', '\r', '\n', '.', '\r\n', '\r\n.\r\n', 'aab'),
      fc.string({ unit: 'binary-ascii' }),
    ),
    {
      maxLength: 60,
    },
  )
  .map((parts) => parts.join(''))

describe('LineReceiver, for any input and any way of cutting it', () => {
  it('delivers the lines that the text has, and refuses the first that is too long', () => {
    fc.assert(
      fc.property(wire, delimiter, fc.nat(20), places, (text, delimiterText, maxLength, cuts) => {
        const recorder = new Recorder({ delimiter: delimiterText, maxLength })
        const expected = model(text, delimiterText, maxLength)
        recorder.onEvent = (kind) => kind === 'long' && recorder.connectionLost({ kind: 'closed' })
        recorder.transport = { loseConnection() {}, disconnecting: false } as unknown as Recorder['transport']
        for (const piece of cut(wireBytes(text), cuts)) recorder.dataReceived(piece)
        expect(recorder.lines).toEqual(expected.lines)
        expect(recorder.texts('long').length === 1).toBe(expected.tooLong)
      }),
      { numRuns: 1_500 },
    )
  })

  it('delivers long lines in long reads, whatever the sizes', () => {
    const lengths = fc.array(fc.oneof(fc.nat(90), fc.nat(6_000)), { maxLength: 25 })
    fc.assert(
      fc.property(lengths, places, (sizes, cuts) => {
        const lines = sizes.map((size, index) => String.fromCharCode(97 + (index % 26)).repeat(size))
        const recorder = new Recorder()
        for (const piece of cut(wireBytes(lines.map((line) => `${line}\r\n`).join('')), cuts)) {
          recorder.dataReceived(piece)
        }
        expect(recorder.lines).toEqual(lines)
        expect(recorder.buffer.length).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  /** A protocol that uses everything: `r<n>` n raw bytes, `p` pause, `e<text>` puts text in front. */
  class Everything extends LineReceiver {
    readonly log: string[] = []
    #missing = 0
    override lineReceived(line: Uint8Array): void {
      const text = wireText(line)
      this.log.push(text)
      if (text.startsWith('r')) {
        this.#missing = text.length
        this.setRawMode()
      } else if (text.startsWith('p')) this.paused = true
      else if (text.startsWith('e')) this.setLineMode(wireBytes(`${text.slice(1)}\r\n`))
    }
    override rawDataReceived(bytes: Uint8Array): void {
      const own = Math.min(this.#missing, bytes.length)
      this.#missing -= own
      for (const octet of bytes.subarray(0, own)) this.log.push(`raw ${octet}`)
      if (this.#missing === 0) this.setLineMode(bytes.subarray(own))
    }
    resume(): void {
      this.paused = false
      this.dataReceived(new Uint8Array(0))
    }
  }

  it('runs a protocol with raw parts, pauses and bytes put in front the same way', () => {
    const part = fc.constantFrom(
      '\r\n',
      'r',
      'rrr\r\n',
      'p\r\n',
      'eeep\r\n',
      'er\r\n',
      'word\r\n',
      '\r',
      '\n',
      'x',
    )
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 60 }),
        places,
        fc.array(fc.boolean()),
        (parts, cuts, resumes) => {
          const bytes = wireBytes(parts.join(''))
          const whole = new Everything()
          whole.dataReceived(bytes)
          while (whole.paused) whole.resume()
          const inPieces = new Everything()
          for (const [index, piece] of cut(bytes, cuts).entries()) {
            inPieces.dataReceived(piece)
            if (resumes[index] === true && inPieces.paused) inPieces.resume()
          }
          while (inPieces.paused) inPieces.resume()
          expect(inPieces.log).toEqual(whole.log)
          expect(inPieces.clearLineBuffer()).toEqual(whole.clearLineBuffer())
        },
      ),
      { numRuns: 1_500 },
    )
  })
})
