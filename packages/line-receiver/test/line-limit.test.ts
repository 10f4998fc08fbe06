import { splits, wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { DEFAULT_MAX_LENGTH, LineReceiver } from '../src/index.ts'
import { connect, feed, Recorder } from './recorder.ts'

describe('LineReceiver.MAX_LENGTH', () => {
  it('is 16384 unless said otherwise', () => {
    expect(new LineReceiver().MAX_LENGTH).toBe(16_384)
    expect(DEFAULT_MAX_LENGTH).toBe(16_384)
    expect(new LineReceiver({ maxLength: 7 }).MAX_LENGTH).toBe(7)
  })

  it('passes a line of exactly the maximum', () => {
    for (const pieces of splits('12345\r\n12345\r\n')) {
      const { recorder, transport } = connect(new Recorder({ maxLength: 5 }))
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['12345', '12345'])
      expect(transport.disconnecting).toBe(false)
    }
  })

  it('refuses a line of one more, with or without its delimiter, however it is cut', () => {
    for (const pieces of splits('12345\r\n123456\r\nmore\r\n')) {
      const { recorder, transport } = connect(new Recorder({ maxLength: 5 }))
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['12345'])
      expect(recorder.texts('long')).toHaveLength(1)
      expect('123456\r\nmore\r\n'.startsWith(recorder.texts('long')[0] as string)).toBe(true)
      expect(transport.disconnecting).toBe(true)
    }
  })

  it('passes a line of exactly the maximum whose delimiter is cut by reads', () => {
    const { recorder } = connect(new Recorder({ maxLength: 5 }))
    recorder.dataReceived(wireBytes('12345\r'))
    expect(recorder.texts('long')).toEqual([])
    recorder.dataReceived(wireBytes('\n'))
    expect(recorder.lines).toEqual(['12345'])
  })

  it('waits while what is buffered could still be the maximum and a delimiter', () => {
    const { recorder, transport } = connect(new Recorder({ maxLength: 5, delimiter: 'END' }))
    recorder.dataReceived(wireBytes('1234567'))
    expect(recorder.texts('long')).toEqual([])
    expect(transport.disconnecting).toBe(false)
    recorder.dataReceived(wireBytes('8'))
    expect(recorder.texts('long')).toEqual(['12345678'])
  })

  it('refuses without a delimiter from the maximum and the length of a delimiter on, with all that is buffered', () => {
    const { recorder } = connect(new Recorder({ maxLength: 5 }))
    recorder.dataReceived(wireBytes('123456'))
    expect(recorder.events).toEqual(['part:123456'])
    recorder.dataReceived(wireBytes('7'))
    expect(recorder.texts('long')).toEqual(['1234567'])
    expect(recorder.buffer.length).toBe(0)
  })

  it('refuses with a delimiter, and gives the line, the delimiter and the rest', () => {
    const { recorder } = connect(new Recorder({ maxLength: 5 }))
    recorder.dataReceived(wireBytes('ok\r\n123456\r\nnext\r\nrest'))
    expect(recorder.events).toEqual(['line:ok', 'long:123456\r\nnext\r\nrest'])
    expect(recorder.buffer.length).toBe(0)
  })

  it('gives all that is buffered also when it was never joined', () => {
    const { recorder } = connect(new Recorder({ maxLength: 300 }))
    recorder.dataReceived(wireBytes('begin '))
    recorder.dataReceived(wireBytes('x'.repeat(5_000)))
    expect(recorder.texts('long')).toEqual([`begin ${'x'.repeat(5_000)}`])
  })

  it('does not count raw bytes', () => {
    const { recorder } = connect(new Recorder({ maxLength: 5 }))
    recorder.setRawMode()
    recorder.dataReceived(wireBytes('123456789'))
    expect(recorder.events).toEqual(['raw:123456789'])
  })

  it('may be 0: only empty lines pass', () => {
    for (const pieces of splits('\r\n\r\nx\r\n')) {
      const { recorder } = connect(new Recorder({ maxLength: 0 }))
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['', ''])
      expect(recorder.texts('long')).toHaveLength(1)
    }
  })

  it('may be set between lines, and counts at once', () => {
    const { recorder } = connect()
    recorder.onEvent = () => {
      recorder.MAX_LENGTH = 2
    }
    recorder.dataReceived(wireBytes('12345\r\n12\r\n123\r\n'))
    expect(recorder.events).toEqual(['line:12345', 'line:12', 'long:123\r\n'])
  })

  it('may be set by the field of a subclass', () => {
    class Short extends Recorder {
      override MAX_LENGTH = 3
    }
    const { recorder } = connect(new Short())
    recorder.dataReceived(wireBytes('123\r\n1234\r\n'))
    expect(recorder.events).toEqual(['line:123', 'long:1234\r\n'])
  })

  it('refuses everything when it is set to what is not a number', () => {
    const { recorder } = connect()
    recorder.MAX_LENGTH = NaN
    recorder.dataReceived(wireBytes('a'))
    expect(recorder.events).toEqual(['long:a'])
  })

  it('lets a hook that does not close go on with the bytes that come next', () => {
    const lines: string[] = []
    const receiver = new (class extends LineReceiver {
      override lineReceived(line: Uint8Array): void {
        lines.push(String.fromCharCode(...line))
      }
      override lineLengthExceeded(): void {
        lines.push('too long')
      }
    })({ maxLength: 3 })
    receiver.dataReceived(wireBytes('1234\r\nlost\r\n'))
    receiver.dataReceived(wireBytes('ok\r\n'))
    expect(lines).toEqual(['too long', 'ok'])
  })

  it.each([-1, 1.5, NaN, Infinity])('rejects the option %d', (maxLength) => {
    expect(() => new LineReceiver({ maxLength })).toThrow(RangeError)
  })
})
