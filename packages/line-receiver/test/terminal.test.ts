import { splits, wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { LineReceiver } from '../src/index.ts'
import { connect, feed, Recorder, stopping, WIRE } from './recorder.ts'

describe('the end of delivery', () => {
  const ends: [string, (recorder: Recorder) => void][] = [
    ['loseConnection', (recorder) => recorder.transport.loseConnection()],
    ['abortConnection', (recorder) => recorder.transport.abortConnection()],
    ['connectionLost', (recorder) => recorder.connectionLost({ kind: 'closed' })],
  ]

  it.each(ends)('delivers nothing more after %s in lineReceived', (_, end) => {
    for (const pieces of splits(WIRE)) {
      const { recorder } = stopping(end)
      feed(recorder, pieces)
      expect(recorder.lines).toEqual(['one', 'two', 'stop'])
      expect(recorder.isTerminal).toBe(true)
      expect(recorder.buffer.length).toBe(0)
      afterwards(recorder)
      expect(recorder.lines).toEqual(['one', 'two', 'stop'])
      expect(recorder.texts('raw')).toEqual([])
    }
  })

  it.each(ends)('delivers nothing more after %s in rawDataReceived, whatever the mode is then', (_, end) => {
    const { recorder } = connect()
    recorder.setRawMode()
    recorder.onEvent = () => {
      end(recorder)
      recorder.setLineMode(wireBytes('extra\r\n'))
    }
    recorder.dataReceived(wireBytes('raw'))
    afterwards(recorder)
    expect(recorder.events).toEqual(['raw:raw'])
  })

  it.each(ends)('delivers not one more line after %s outside a hook', (_, end) => {
    const { recorder } = connect()
    recorder.dataReceived(wireBytes('begun'))
    end(recorder)
    recorder.dataReceived(wireBytes(' and ended\r\nnext\r\n'))
    expect(recorder.lines).toEqual([])
  })

  it('drops what a pause kept', () => {
    const { recorder, transport } = stopping((paused) => paused.pauseProducing())
    feed(recorder, [wireBytes(WIRE)])
    transport.loseConnection()
    recorder.resumeProducing()
    expect(recorder.lines).toEqual(['one', 'two', 'stop'])
  })

  it('throws what a hook throws to the caller of dataReceived, and delivers nothing more', () => {
    for (const pieces of splits(WIRE)) {
      const mistake = new Error('in the hook')
      const { recorder } = stopping(() => {
        throw mistake
      })
      const thrown: unknown[] = []
      for (const piece of pieces) {
        try {
          recorder.dataReceived(piece)
        } catch (error) {
          thrown.push(error)
        }
      }
      expect(thrown).toEqual([mistake])
      afterwards(recorder)
      expect(recorder.lines).toEqual(['one', 'two', 'stop'])
      expect(recorder.isTerminal).toBe(true)
      expect(recorder.buffer.length).toBe(0)
    }
  })

  it.each(['part', 'raw', 'long'])('does so for the hook of %s too', (kind) => {
    const { recorder } = connect(new Recorder({ maxLength: 4 }))
    recorder.onEvent = (event) => {
      if (event === kind) throw new Error(kind)
    }
    if (kind === 'raw') recorder.setRawMode()
    expect(() => recorder.dataReceived(wireBytes(kind === 'long' ? '123456' : 'abc'))).toThrow(kind)
    expect(recorder.isTerminal).toBe(true)
  })

  it('throws out of resumeProducing when that delivers', () => {
    const { recorder } = connect()
    recorder.onEvent = (kind, text) => {
      if (text === 'two') throw new Error('two')
      if (kind === 'line') recorder.pauseProducing()
    }
    recorder.dataReceived(wireBytes(WIRE))
    expect(() => recorder.resumeProducing()).toThrow('two')
    expect(recorder.isTerminal).toBe(true)
  })

  /** Everything a late caller may try. */
  function afterwards(receiver: LineReceiver): void {
    receiver.dataReceived(wireBytes('late\r\n'))
    receiver.setLineMode(wireBytes('late\r\n'))
    receiver.setRawMode()
    receiver.dataReceived(wireBytes('late'))
    receiver.resumeProducing()
    expect(receiver.clearLineBuffer()).toHaveLength(0)
  }
})
