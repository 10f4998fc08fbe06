import { wireBytes } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { LineError, LineReceiver } from '../src/index.ts'
import { connect, Recorder } from './recorder.ts'

function thrownBy(action: () => void): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

describe('ERR_LINE_DELIMITER', () => {
  it('is thrown by sendLine for an embedded delimiter, with its place, and nothing is sent', () => {
    const { recorder, transport } = connect()
    for (const line of ['a: 1\r\nb: 2', wireBytes('a: 1\r\nb: 2')]) {
      const error = thrownBy(() => recorder.sendLine(line))
      expect(error).toBeInstanceOf(LineError)
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({
        name: 'LineError',
        code: 'ERR_LINE_DELIMITER',
        statusHint: 500,
        section: 'LineReceiver.sendLine',
        offset: 4,
      })
    }
    expect(transport.writtenText).toBe('')
  })

  it('is thrown when the end of the line and the delimiter make an earlier one', () => {
    const { recorder, transport } = connect(new Recorder({ delimiter: '--' }))
    expect(thrownBy(() => recorder.sendLine('a-'))).toMatchObject({ code: 'ERR_LINE_DELIMITER', offset: 1 })
    recorder.sendLine('-a')
    expect(transport.writtenText).toBe('-a--')
  })

  it('is not thrown for a lone CR or LF, as they end no line here', () => {
    const { recorder, transport } = connect()
    recorder.sendLine('\na\r')
    expect(transport.writtenText).toBe('\na\r\r\n')
  })
})

describe('ERR_LINE_HOOK', () => {
  it.each([
    ['lineReceived', (receiver: LineReceiver) => receiver.dataReceived(wireBytes('a\r\n'))],
    [
      'rawDataReceived',
      (receiver: LineReceiver) => {
        receiver.setRawMode()
        receiver.dataReceived(wireBytes('a'))
      },
    ],
  ])('is thrown where %s is needed and not overridden', (_, action) => {
    const error = thrownBy(() => action(new LineReceiver()))
    expect(error).toMatchObject({
      code: 'ERR_LINE_HOOK',
      statusHint: 500,
      section: 'LineReceiver.dataReceived',
    })
  })
})

describe('sendLine', () => {
  it('rejects text that is not latin-1', () => {
    const { recorder, transport } = connect()
    expect(() => recorder.sendLine('5 €')).toThrow(RangeError)
    expect(transport.writtenText).toBe('')
  })
})
