import { MemoryTransport, splits, wireBytes, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { LineReceiver } from '../src/index.ts'
import { connect, feed, Recorder } from './recorder.ts'

describe('LineReceiver in line mode', () => {
  it('delivers lines without their delimiter, empty ones too', () => {
    for (const pieces of splits('one\r\n\r\nthree\r\n\r\n')) {
      const { recorder } = connect()
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['one', '', 'three', ''])
    }
  })

  it('keeps an unfinished line until the rest comes', () => {
    for (const pieces of splits('done\r\nnot yet')) {
      const { recorder } = connect()
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['done'])
      recorder.dataReceived(wireBytes('!\r\n'))
      expect(recorder.lines).toEqual(['done', 'not yet!'])
    }
  })

  it('takes a bare CR, a bare LF and a doubled CR as part of the line', () => {
    for (const pieces of splits('a\rb\nc\r\r\n\n\r\n')) {
      const { recorder } = connect()
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['a\rb\nc\r', '\n'])
    }
  })

  it('hands over every octet unchanged', () => {
    const all = wireText(Uint8Array.from({ length: 256 }, (_, octet) => octet))
    for (const pieces of splits(`${all}\r\n`)) {
      const { recorder } = connect()
      feed(recorder, pieces)
      expect(recorder.lines).toEqual([all])
    }
  })

  it.each([
    ['LF', '\n'],
    ['NUL', '\0'],
    ['a single octet above 0x7F', '\xff'],
    ['three octets', '\r\n.'],
    ['octets that overlap themselves', 'aab'],
    ['the same octet twice', '--'],
    ['a word', 'END'],
  ])('works with any delimiter: %s', (_, delimiter) => {
    const lines = ['x', '', 'aa', 'EN', 'a\ry', '\x01ND', '']
    for (const pieces of splits(lines.map((line) => line + delimiter).join(''))) {
      const recorder = new Recorder({ delimiter })
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(lines)
    }
  })

  it('finds the first delimiter where the line ends with a part of one', () => {
    for (const pieces of splits('aaab---aab')) {
      const recorder = new Recorder({ delimiter: 'aab' })
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['a', '---'])
    }
  })

  it('gives lines as plain Uint8Arrays, whatever the transport reads into', () => {
    for (const read of [Buffer.from('a\r\nb\r\n'), wireBytes('a\r\nb\r\n')]) {
      const kinds: unknown[] = []
      const receiver = new (class extends LineReceiver {
        override lineReceived(line: Uint8Array): void {
          kinds.push(line.constructor)
        }
      })()
      receiver.dataReceived(read.subarray(0, 4))
      receiver.dataReceived(read.subarray(4))
      expect(kinds).toEqual([Uint8Array, Uint8Array])
    }
  })

  it('never changes a line that was handed out, so that it may be kept', () => {
    const words = Array.from({ length: 300 }, (_, index) => `line ${index} `.repeat(1 + (index % 9)))
    for (const pieces of splits(words.map((word) => `${word}\r\n`).join(''), { maxCuts: 40 })) {
      const kept: Uint8Array[] = []
      const receiver = new (class extends LineReceiver {
        override lineReceived(line: Uint8Array): void {
          kept.push(line)
        }
      })()
      feed(receiver, pieces)
      expect(kept.map(wireText)).toEqual(words)
    }
  })

  it('lets a long read go when only the beginning of a line is left of it', () => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes(`${'line\r\n'.repeat(10_000)}rest`))
    expect(recorder.lines).toHaveLength(10_000)
    expect(recorder.buffer.bytes.buffer.byteLength).toBe(4)
    recorder.dataReceived(wireBytes(' of it\r\n'))
    expect(recorder.lines.at(-1)).toBe('rest of it')
    expect(recorder.buffer.bytes).toHaveLength(0)
  })

  it('ignores an empty read', () => {
    const { recorder } = connect()
    recorder.dataReceived(new Uint8Array(0))
    expect(recorder.events).toEqual([])
  })

  it('works without a transport, for those who want lines only', () => {
    const recorder = new Recorder()
    recorder.dataReceived(wireBytes('hello\r\n'))
    expect(recorder.lines).toEqual(['hello'])
  })
})

describe('LineReceiver in raw mode', () => {
  it('hands over all that is buffered, each byte once, in order', () => {
    for (const pieces of splits('a\r\nbc\r\n\r\nd')) {
      const recorder = new Recorder()
      recorder.setRawMode()
      feed(recorder, pieces)
      expect(recorder.texts('raw').join('')).toBe('a\r\nbc\r\n\r\nd')
      expect(recorder.texts('raw')).toHaveLength(pieces.length)
    }
  })

  it('begins with the byte behind the line that switched', () => {
    for (const pieces of splits('DATA\r\nab\r\ncd')) {
      const { recorder } = connect()
      recorder.onEvent = (kind) => kind === 'line' && recorder.setRawMode()
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['DATA'])
      expect(recorder.texts('raw').join('')).toBe('ab\r\ncd')
      expect(recorder.lineMode).toBe(false)
    }
  })

  it('hands over at once what an outside switch finds buffered', () => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes('unfinished'))
    recorder.setRawMode()
    expect(recorder.texts('raw')).toEqual(['unfinished'])
  })
})

describe('LineReceiver.setLineMode', () => {
  /** Lines, until `raw <n>`: then n raw bytes, then lines again. */
  function literalReader(): Recorder {
    const recorder = new Recorder()
    let missing = 0
    recorder.onEvent = (kind, text) => {
      if (kind === 'line' && text.startsWith('raw ')) {
        missing = Number(text.slice(4))
        recorder.setRawMode()
      } else if (kind === 'raw') {
        const own = Math.min(missing, text.length)
        missing -= own
        recorder.events.push(`own:${text.slice(0, own)}`)
        if (missing === 0) recorder.setLineMode(wireBytes(text.slice(own)))
      }
    }
    return recorder
  }

  it('puts extra in front, from inside rawDataReceived', () => {
    for (const pieces of splits('raw 5\r\n12\r\n5tail\r\nraw 1\r\nx\r\nraw 2\r\n..last\r\n')) {
      const recorder = literalReader()
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['raw 5', 'tail', 'raw 1', '', 'raw 2', 'last'])
      expect(recorder.texts('own').join('')).toBe('12\r\n5x..')
    }
  })

  it('puts extra in front of what arrived inside the hook', () => {
    const { recorder } = connect()
    recorder.setRawMode()
    recorder.onEvent = (kind) => {
      if (kind !== 'raw') return
      recorder.dataReceived(wireBytes(' second\r\nthird\r\n'))
      recorder.setLineMode(wireBytes('first'))
    }
    recorder.dataReceived(wireBytes('-'))
    expect(recorder.lines).toEqual(['first second', 'third'])
  })

  it('puts extra in front, from inside lineReceived, where the original appended', () => {
    for (const pieces of splits('again\r\nnext\r\nrest\r\n')) {
      const { recorder } = connect()
      recorder.onEvent = (kind, text) => {
        if (kind === 'line' && text === 'again') recorder.setLineMode(wireBytes('extra\r\nand '))
      }
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['again', 'extra', 'and next', 'rest'])
    }
  })

  it('delivers extra before it returns, outside a hook', () => {
    const { recorder } = connect()
    recorder.setRawMode()
    recorder.setLineMode(wireBytes('now\r\nlater'))
    expect(recorder.lines).toEqual(['now'])
    recorder.dataReceived(wireBytes('\r\n'))
    expect(recorder.lines).toEqual(['now', 'later'])
  })

  it('finds a delimiter that extra and the buffer make together', () => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes('\nnext\r'))
    recorder.setLineMode(wireBytes('first\r'))
    recorder.dataReceived(wireBytes('\n'))
    expect(recorder.lines).toEqual(['first', 'next'])
  })
})

describe('LineReceiver and its transport', () => {
  it('runs connectionMade once the transport is set', () => {
    const seen: unknown[] = []
    const transport = new MemoryTransport()
    const receiver = new (class extends LineReceiver {
      override connectionMade(): void {
        seen.push(this.transport)
        this.sendLine('220 ready')
      }
    })()
    transport.connect(receiver)
    expect(seen).toEqual([transport])
    expect(transport.writtenText).toBe('220 ready\r\n')
  })

  it('closes when the peer has finished sending', () => {
    const { transport } = connect()
    transport.deliverEnd()
    expect(transport.lostReason).toEqual({ kind: 'closed' })
  })

  it('sends a line and its delimiter in one write', () => {
    const { recorder, transport } = connect(new Recorder({ delimiter: '\0' }))
    recorder.sendLine('text \xff')
    recorder.sendLine(wireBytes('bytes'))
    expect(transport.writes.map(wireText)).toEqual(['text \xff\0', 'bytes\0'])
  })
})

describe('LineReceiver with a deliverLine of its own', () => {
  /** Takes all complete records of a thousand octets at once; writes down how they begin. */
  class Records extends LineReceiver {
    readonly records: string[] = []
    protected override deliverLine(): boolean {
      const { bytes, start, end } = this.lineBuffer
      const whole = Math.floor((end - start) / 1_000) * 1_000
      if (whole === 0) return false
      this.lineBuffer.consume(whole)
      for (let at = start; at < start + whole; at += 1_000)
        this.records.push(wireText(bytes.subarray(at, at + 4)))
      return true
    }
  }

  it('is shown all that is held, also of a long read behind a short rest', () => {
    const wire = Array.from({ length: 9 }, (_, index) => `<${index}> `.padEnd(1_000, '.')).join('')
    for (const pieces of splits(wire, { maxCuts: 100 })) {
      const receiver = new Records()
      feed(receiver, pieces)
      expect(receiver.records).toEqual(Array.from({ length: 9 }, (_, index) => `<${index}> `))
    }
  })
})
