import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { RecordingProtocol } from '@millrace/testing'
import type { Transport } from '@millrace/transport'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { connect, listen, NodeTransport, WriteTurns } from '../src/index.ts'
import { turn, until } from './until.ts'

/** Octets in a turn, however quick the system is. */
const TURN = 20_000
const STRICT = { shareBytes: TURN, quickMs: 0 }

/** A socket whose system takes everything at once, and tells when it got how much. */
class GreedySocket extends Duplex {
  readonly taken: number[] = []
  noDelay = true

  constructor() {
    super({ highWaterMark: 16_384, decodeStrings: true })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.length)
    done()
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.taken.push(chunks.reduce((sum, { chunk }) => sum + chunk.length, 0))
    done()
  }

  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }
}

function greedy(writeTurns: WriteTurns = new WriteTurns(STRICT)): {
  socket: GreedySocket
  transport: NodeTransport
} {
  const socket = new GreedySocket()
  const transport = new NodeTransport(socket as unknown as Socket, { writeTurns })
  transport.connect(new RecordingProtocol())
  onTestFinished(() => void socket.destroy())
  return { socket, transport }
}

describe('writing in turns', () => {
  it('lets a write of just its size leave at once', () => {
    const { socket, transport } = greedy()
    transport.write(new Uint8Array(TURN))
    expect(socket.taken).toEqual([TURN])
    expect(transport.bufferedBytes).toBe(0)
  })

  it('lets a rest of a sixteenth of a turn go along', async () => {
    const turns = new WriteTurns(STRICT)
    const { socket, transport } = greedy(turns)
    const other = greedy(turns)
    transport.write(new Uint8Array(TURN + TURN / 16))
    other.transport.write(new Uint8Array(TURN))
    expect(socket.taken).toEqual([TURN + TURN / 16])
    expect(other.socket.taken).toEqual([])
    await until(() => other.socket.taken.length === 1)
  })

  it('keeps a rest of one octet more for the next turn', async () => {
    const { socket, transport } = greedy()
    transport.write(new Uint8Array(TURN + TURN / 16 + 1))
    expect(socket.taken).toEqual([TURN])
    expect(transport.bufferedBytes).toBe(TURN / 16 + 1)
    await until(() => socket.taken.length === 2)
    expect(socket.taken).toEqual([TURN, TURN / 16 + 1])
    expect(transport.bufferedBytes).toBe(0)
  })

  it('gives each turn so much, and no more', async () => {
    const { socket, transport } = greedy()
    transport.write(new Uint8Array(5 * TURN))
    const perTurn: number[] = []
    for (let turns = 0, before = 0; turns < 8; turns += 1) {
      await turn()
      const all = socket.taken.reduce((sum, length) => sum + length, 0)
      perTurn.push(all - before)
      before = all
    }
    expect(Math.max(...perTurn.slice(1))).toBe(TURN)
    expect(perTurn.reduce((sum, length) => sum + length, 0)).toBe(5 * TURN)
  })

  it('counts a producer that goes on as soon as it may', async () => {
    const { socket, transport } = greedy()
    let left = 40
    const source = { flowing: true }
    const produce = (): void => {
      source.flowing = true
      while (source.flowing && left-- > 0) transport.write(new Uint8Array(TURN))
    }
    const pauseProducing = (): void => void (source.flowing = false)
    transport.registerProducer(
      { pauseProducing, resumeProducing: produce, stopProducing: pauseProducing },
      true,
    )
    produce()
    const before = socket.taken.length
    await turn()
    expect(socket.taken.length - before).toBeLessThanOrEqual(2)
    await until(() => socket.taken.length === 40)
  })

  it('counts a pull producer, whose pieces come one for each request', async () => {
    const { socket, transport } = greedy()
    let left = 10
    const resumeProducing = (): void => {
      if (left-- > 0) transport.write(new Uint8Array(TURN / 2))
      else transport.unregisterProducer()
    }
    transport.registerProducer({ resumeProducing, stopProducing: () => {} }, false)
    await Promise.resolve()
    await new Promise((resolve) => process.nextTick(resolve))
    expect(socket.taken.length).toBeLessThanOrEqual(2)
    await until(() => socket.taken.length === 10)
  })

  it('keeps the order of what is written behind it, small or large', async () => {
    const { socket, transport } = greedy()
    const written: Buffer[] = []
    vi.spyOn(socket, '_write').mockImplementation((chunk, _, done) => {
      written.push(Buffer.from(chunk as Buffer))
      ;(done as () => void)()
    })
    vi.spyOn(socket, '_writev').mockImplementation((chunks, done) => {
      for (const { chunk } of chunks) written.push(Buffer.from(chunk as Buffer))
      done()
    })
    transport.write(new Uint8Array(3 * TURN).fill(0x61))
    transport.write(new Uint8Array([0x62]))
    transport.writeLatin1('cc')
    transport.writeSequence([new Uint8Array(TURN).fill(0x64), new Uint8Array([0x65])])
    await until(() => Buffer.concat(written).length === 4 * TURN + 4)
    expect(
      Buffer.concat(written)
        .toString('latin1')
        .replace(/(.)\1+/g, '$1'),
    ).toBe('abcde')
  })

  it('ends our direction, and the connection, behind what waits', async () => {
    const { socket, transport } = greedy()
    transport.write(new Uint8Array(3 * TURN))
    transport.loseConnection()
    transport.write(new Uint8Array(5))
    expect(socket.writableEnded).toBe(false)
    await until(() => socket.destroyed)
    expect(socket.taken.reduce((sum, length) => sum + length, 0)).toBe(3 * TURN)
  })

  it('drops what waits when the connection is broken off', async () => {
    const { socket, transport } = greedy()
    transport.write(new Uint8Array(3 * TURN))
    transport.abortConnection()
    for (let turns = 0; turns < 5; turns += 1) await turn()
    expect(socket.taken).toEqual([TURN])
    expect(transport.bufferedBytes).toBe(0)
  })

  it('leaves small writes alone', () => {
    const { socket, transport } = greedy(new WriteTurns({ shareBytes: 1, quickMs: 0 }))
    for (let count = 0; count < 3; count += 1) transport.write(new Uint8Array(100))
    expect(socket.taken).toEqual([100, 100, 100])
  })

  it('serves those who wait in the order in which they came, whoever has most to send', async () => {
    const turns = new WriteTurns(STRICT)
    const [hog, first, second] = [greedy(turns), greedy(turns), greedy(turns)]
    hog.transport.write(new Uint8Array(50 * TURN))
    first.transport.write(new Uint8Array(TURN))
    second.transport.write(new Uint8Array(TURN))
    await until(() => second.socket.taken.length === 1)
    expect(first.socket.taken).toEqual([TURN])
    expect(hog.socket.taken.length).toBeLessThanOrEqual(3)
  })

  it('gives what a quick system has left to those who wait, and not to who had the last share', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    onTestFinished(() => now.mockRestore())
    const turns = new WriteTurns({ shareBytes: 10, quickMs: 1 })
    const taken: [string, number][] = []
    turns.take(10)
    now.mockReturnValue(1) // it was slow: the next ones wait
    taken.push(['first', turns.take(10)])
    turns.wait(() => taken.push(['first', turns.take(10)], ['first again', turns.take(10)]))
    turns.wait(() => taken.push(['second', turns.take(10)]))
    await turn()
    expect(taken).toEqual([
      ['first', 0],
      ['first', 10],
      ['first again', 0],
      ['second', 10],
    ])
    expect(turns.take(10)).toBe(10)
  })

  it('passes over a connection that is gone', async () => {
    const turns = new WriteTurns(STRICT)
    const [hog, gone, last] = [greedy(turns), greedy(turns), greedy(turns)]
    hog.transport.write(new Uint8Array(TURN))
    gone.transport.write(new Uint8Array(TURN))
    last.transport.write(new Uint8Array(TURN))
    gone.transport.abortConnection()
    await until(() => last.socket.taken.length === 1)
    expect(gone.socket.taken).toEqual([])
  })

  it.each([0, -1, 1.5, NaN, Infinity])('cannot be of %s octets', (shareBytes) => {
    expect(() => new WriteTurns({ shareBytes })).toThrow(RangeError)
  })

  it.each([-1, NaN])('cannot last %s ms', (quickMs) => {
    expect(() => new WriteTurns({ quickMs })).toThrow(RangeError)
  })

  it.each([
    [0, 0.49, 262_144],
    [0.3, 0.79, 262_144],
    [0, 0.5, 0],
  ])(
    'has another share when the one used up at %d ms was taken by %d ms: %d octets',
    (before, after, octets) => {
      const now = vi.spyOn(performance, 'now').mockReturnValue(before)
      onTestFinished(() => now.mockRestore())
      const turns = new WriteTurns()
      turns.take(262_144)
      now.mockReturnValue(after)
      expect(turns.take(300_000)).toBe(octets)
    },
  )

  it('is not made longer by each share', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    onTestFinished(() => now.mockRestore())
    const turns = new WriteTurns({ shareBytes: 1, quickMs: 1 })
    const taken = Array.from({ length: 5 }, (_, i) => {
      now.mockReturnValue(i * 0.4)
      return turns.take(1)
    })
    expect(taken).toEqual([1, 1, 1, 0, 0])
  })

  it('has 262,144 octets unless told otherwise', () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    onTestFinished(() => now.mockRestore())
    const turns = new WriteTurns()
    expect(turns.take(300_000)).toBe(262_144)
    now.mockReturnValue(0.5)
    expect(turns.take(1)).toBe(0)
  })

  it('holds for every connection of a listener, and for one that we make', async () => {
    const held: number[] = []
    const writeTwoShares = (transport: Transport): void => {
      transport.write(new Uint8Array(2 * TURN))
      held.push(transport.bufferedBytes)
    }
    const accepted = new RecordingProtocol({ connectionMade: writeTwoShares })
    const listener = await listen(() => accepted, { host: '127.0.0.1', writeTurns: new WriteTurns(STRICT) })
    onTestFinished(() => listener[Symbol.asyncDispose]())
    const reader = new RecordingProtocol({ connectionMade: writeTwoShares })
    const writeTurns = new WriteTurns(STRICT)
    const made = await connect({ port: listener.port, host: '127.0.0.1' }, reader, { writeTurns })
    await until(() => reader.receivedBytes === 2 * TURN && accepted.receivedBytes === 2 * TURN)
    expect(held).toEqual([TURN, TURN])
    made.abortConnection()
  })
})
