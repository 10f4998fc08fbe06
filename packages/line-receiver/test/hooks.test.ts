import { splits, wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { connect, feed, stopping, WIRE } from './recorder.ts'

describe('dataReceived inside a hook', () => {
  it('only appends: the call that is running delivers, in order and not nested', () => {
    for (const pieces of splits(WIRE)) {
      let depth = 0
      let deepest = 0
      const { recorder } = connect()
      recorder.onEvent = (kind, text) => {
        if (kind !== 'line') return
        deepest = Math.max(deepest, ++depth)
        if (text === 'five') {
          recorder.dataReceived(wireBytes('six\r'))
          recorder.dataReceived(wireBytes('\nseven\r\n'))
        }
        depth--
      }
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['one', 'two', 'stop', 'four', 'five', 'six', 'seven'])
      expect(deepest).toBe(1)
    }
  })

  it('is looked at also when the hook was that of an unfinished line', () => {
    const { recorder } = connect()
    recorder.onEvent = (kind, text) => {
      if (kind === 'part' && text === 'half') recorder.dataReceived(wireBytes(' and half\r\n'))
    }
    recorder.dataReceived(wireBytes('half'))
    expect(recorder.lines).toEqual(['half and half'])
  })
})

describe('pauseProducing inside a hook', () => {
  it('stops at once, keeps the rest, and resumeProducing delivers it before it returns', () => {
    for (const pieces of splits(WIRE)) {
      const { recorder, transport } = stopping((paused) => paused.pauseProducing())
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['one', 'two', 'stop'])
      expect(transport.paused).toBe(true)
      recorder.resumeProducing()
      expect(recorder.lines).toEqual(['one', 'two', 'stop', 'four', 'five'])
      expect(transport.paused).toBe(false)
    }
  })

  it('goes on when the same hook resumes', () => {
    for (const pieces of splits(WIRE)) {
      const { recorder } = stopping((paused) => {
        paused.pauseProducing()
        paused.resumeProducing()
      })
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['one', 'two', 'stop', 'four', 'five'])
    }
  })

  it('keeps what the modes say while paused', () => {
    for (const pieces of splits(WIRE)) {
      const { recorder } = stopping((paused) => {
        paused.setRawMode()
        paused.pauseProducing()
      })
      feed(recorder, pieces)
      expect(recorder.texts('raw')).toEqual([])
      recorder.resumeProducing()
      expect(recorder.texts('raw')).toEqual(['four\r\nfive\r\n'])
    }
  })

  it('delivers line by line when each hook pauses', () => {
    for (const pieces of splits(WIRE)) {
      const { recorder } = connect()
      recorder.onEvent = (kind) => kind === 'line' && recorder.pauseProducing()
      feed(recorder, pieces)
      const counts = [recorder.lines.length]
      for (let turn = 0; turn < 5; turn++) {
        recorder.resumeProducing()
        counts.push(recorder.lines.length)
      }
      expect(counts).toEqual([1, 2, 3, 4, 5, 5])
    }
  })

  it('pauses rawDataReceived too', () => {
    const { recorder } = connect()
    recorder.setRawMode()
    recorder.onEvent = () => recorder.pauseProducing()
    recorder.dataReceived(wireBytes('ab'))
    recorder.dataReceived(wireBytes('cd'))
    recorder.dataReceived(wireBytes('ef'))
    expect(recorder.events).toEqual(['raw:ab'])
    recorder.resumeProducing()
    expect(recorder.events).toEqual(['raw:ab', 'raw:cdef'])
  })

  it('delivers nothing more after stopProducing, and closes', () => {
    for (const pieces of splits(WIRE)) {
      const { recorder, transport } = stopping((stopped) => stopped.stopProducing())
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['one', 'two', 'stop'])
      expect(recorder.paused).toBe(true)
      expect(transport.disconnecting).toBe(true)
    }
  })
})

describe('clearLineBuffer inside a hook', () => {
  it('gives all that was not delivered, and the receiver goes on with what comes after', () => {
    for (const pieces of splits(WIRE)) {
      let taken = 0
      const { recorder } = stopping((cleared) => {
        taken = cleared.clearLineBuffer().length
      })
      feed(recorder, pieces)
      const rest = 'four\r\nfive\r\n'.slice(taken)
      recorder.dataReceived(wireBytes('end\r\n'))
      const expected = `${rest}end\r\n`.split('\r\n').slice(0, -1)
      expect(recorder.lines).toEqual(['one', 'two', 'stop', ...expected])
    }
  })

  it('gives every byte of the read that is not delivered yet', () => {
    let taken = new Uint8Array(0)
    const { recorder } = stopping((cleared) => (taken = new Uint8Array(cleared.clearLineBuffer())))
    recorder.dataReceived(wireBytes('st'))
    recorder.dataReceived(wireBytes(`op\r\n${'x'.repeat(5_000)}`))
    expect(taken).toEqual(wireBytes('x'.repeat(5_000)))
    expect(recorder.clearLineBuffer()).toEqual(new Uint8Array(0))
  })

  it('gives an unfinished line outside a hook', () => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes('a\r\nb'))
    expect(recorder.clearLineBuffer()).toEqual(wireBytes('b'))
    recorder.dataReceived(wireBytes('c\r\n'))
    expect(recorder.lines).toEqual(['a', 'c'])
  })
})

describe('a new delimiter inside a hook', () => {
  it('counts from the next line on', () => {
    for (const pieces of splits('stop\r\na;b\r\n;c;')) {
      const { recorder } = stopping((changed) => (changed.delimiter = ';'))
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['stop', 'a', 'b\r\n', 'c'])
    }
  })

  it('is found in what was searched for the old one', () => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes('a;b;c'))
    recorder.delimiter = ';'
    recorder.dataReceived(wireBytes(';'))
    expect(recorder.lines).toEqual(['a', 'b', 'c'])
  })
})

describe('partialLineReceived', () => {
  it('shows each byte of an unfinished line once, and never a whole line', () => {
    for (const pieces of splits('ab\r\ncdefgh')) {
      const { recorder } = connect()
      feed(recorder, pieces)
      let read = 0
      let shown = 0
      for (const piece of pieces) {
        read += piece.length
        if (read < 'ab\r\n'.length) shown = read
      }
      expect(recorder.lines).toEqual(['ab'])
      expect(recorder.texts('part').join('')).toBe('ab\r\n'.slice(0, shown) + 'cdefgh')
    }
  })

  it('shows the bytes of a line that comes byte by byte, the first of its delimiter too', () => {
    const { recorder } = connect()
    for (const piece of 'ab\r\nc') recorder.dataReceived(wireBytes(piece))
    expect(recorder.events).toEqual(['part:a', 'part:b', 'part:\r', 'line:ab', 'part:c'])
  })

  it('shows a long read behind an unfinished line once', () => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes('begin '))
    recorder.dataReceived(wireBytes('y'.repeat(9_000)))
    expect(recorder.texts('part')).toEqual(['begin ', 'y'.repeat(9_000)])
  })

  it('is not run again when nothing new can be shown', () => {
    const { recorder } = connect()
    recorder.onEvent = (kind) => {
      if (kind !== 'part') return
      recorder.pauseProducing()
      recorder.resumeProducing()
    }
    recorder.dataReceived(wireBytes('abc'))
    expect(recorder.events).toEqual(['part:abc'])
  })

  it('may close, switch the mode, and take the buffer', () => {
    const { recorder } = connect()
    recorder.onEvent = (kind) => kind === 'part' && recorder.setRawMode()
    recorder.dataReceived(wireBytes('abc'))
    expect(recorder.events).toEqual(['part:abc', 'raw:abc'])
    recorder.setLineMode()
    recorder.onEvent = (kind) => kind === 'part' && recorder.clearLineBuffer()
    recorder.dataReceived(wireBytes('x'))
    recorder.dataReceived(wireBytes('y\r\n'))
    expect(recorder.lines).toEqual(['y'])
    recorder.onEvent = () => recorder.transport.loseConnection()
    recorder.dataReceived(wireBytes('z'))
    expect(recorder.isTerminal).toBe(true)
  })
})
