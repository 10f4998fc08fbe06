import { truncateSync, appendFileSync } from 'node:fs'
import type { Consumer, PullProducer, PushProducer } from '@millrace/transport'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { BufferPool } from '../src/buffer-pool.ts'
import {
  FileProducer,
  FileTruncatedError,
  PIECE_BYTES,
  type FileSendOutcome,
  type LentBuffers,
} from '../src/file-producer.ts'
import { nodeFileSystem } from '../src/file-system.ts'
import type { OpenFile } from '../src/open-file.ts'
import { Site } from '../src/site.ts'
import { SiteTree } from './site-tree.ts'

const tree = new SiteTree()
afterAll(() => tree.remove())
afterEach(() => tree.allClosed())

/** Takes bytes, and is empty again when the test says so. */
class SlowConsumer implements Consumer {
  producer: PullProducer | undefined
  readonly pieces: Uint8Array[] = []
  #waiting: (() => void) | undefined

  registerProducer(producer: PullProducer | PushProducer, streaming: boolean): void {
    if (this.producer !== undefined) throw new Error('registered already')
    if (streaming) throw new Error('a pull producer was expected')
    this.producer = producer as PullProducer
  }

  unregisterProducer(): void {
    this.producer = undefined
  }

  write(bytes: Uint8Array): void {
    this.pieces.push(bytes)
    this.#waiting?.()
  }

  /** Asks for one piece and waits for it. */
  async pull(): Promise<void> {
    const written = new Promise<void>((resolve) => (this.#waiting = resolve))
    this.producer?.resumeProducing()
    await written
  }

  get received(): number {
    return this.pieces.reduce((sum, piece) => sum + piece.length, 0)
  }
}

async function open(name: string, site: Site = new Site(tree.root)): Promise<OpenFile> {
  const finding = await site.open([name])
  if (finding.kind !== 'file') throw new Error(`${name} is ${finding.kind}`)
  return finding.file
}

/** Starts sending; `ended` gets the outcome. */
function send(file: OpenFile, start: number, length: number, pool?: LentBuffers) {
  const consumer = new SlowConsumer()
  const outcomes: FileSendOutcome[] = []
  let resolveEnd: (outcome: FileSendOutcome) => void = () => {}
  const ended = new Promise<FileSendOutcome>((resolve) => (resolveEnd = resolve))
  const onEnd = (outcome: FileSendOutcome): void => {
    outcomes.push(outcome)
    resolveEnd(outcome)
  }
  const producer = new FileProducer(consumer, {
    file,
    start,
    length,
    onEnd,
    ...(pool === undefined ? {} : { pool }),
  })
  producer.start()
  return { consumer, producer, outcomes, ended }
}

/** Bytes that differ everywhere, so that a piece in the wrong place shows. */
const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8) * 7) & 0xff)

describe('FileProducer', () => {
  it('F1: sends the whole file, one piece per request, 64 KiB first and 256 KiB then', async () => {
    const bytes = pattern(64 * 1024 + PIECE_BYTES * 2 + 5)
    tree.write('large.bin', bytes)
    const { consumer, ended } = send(await open('large.bin'), 0, bytes.length)
    while (consumer.producer !== undefined) await consumer.pull()
    expect(consumer.pieces.map((piece) => piece.length)).toEqual([65_536, 262_144, 262_144, 5])
    expect(Buffer.concat(consumer.pieces).equals(bytes)).toBe(true)
    expect(await ended).toEqual({ kind: 'complete' })
  })

  it('lends buffers again only when everything written has left the consumer', async () => {
    const bytes = pattern(64 * 1024 + PIECE_BYTES * 5 + 5)
    tree.write('pooled.bin', bytes)
    const buffers = new BufferPool(PIECE_BYTES)
    let drained = false
    const { consumer } = send(await open('pooled.bin'), 0, bytes.length, {
      buffers,
      isDrained: () => drained,
    })
    const copies: Uint8Array[] = []
    const pull = async (isDrained: boolean): Promise<ArrayBufferLike | undefined> => {
      drained = isDrained
      await consumer.pull()
      const piece = consumer.pieces.at(-1)
      copies.push(piece?.slice() ?? new Uint8Array())
      return piece?.buffer
    }
    await pull(false)
    const [second, third] = [await pull(false), await pull(false)]
    expect(third).not.toBe(second)
    const [fourth, fifth, sixth] = [await pull(true), await pull(false), await pull(true)]
    expect(new Set([fourth, fifth])).toEqual(new Set([second, third]))
    expect([fourth, fifth]).toContain(sixth)
    await pull(true)
    expect(consumer.producer).toBeUndefined()
    expect(Buffer.concat(copies).equals(bytes)).toBe(true)
  })

  it('R31: sends a part, exactly', async () => {
    const { consumer } = send(await open('a.txt'), 60, 4)
    await consumer.pull()
    expect(Buffer.from(consumer.pieces[0] ?? []).toString()).toBe('0123')
    expect(consumer.producer).toBeUndefined()
  })

  it('F7: reads nothing until it is asked, and one piece then', async () => {
    tree.write('slow.bin', pattern(PIECE_BYTES * 3))
    let reads = 0
    const counting = {
      ...nodeFileSystem,
      read: (...args: Parameters<typeof nodeFileSystem.read>) => {
        reads += 1
        nodeFileSystem.read(...args)
      },
    }
    const file = await open('slow.bin', new Site(tree.root, { fileSystem: counting }))
    const { consumer, producer } = send(file, 0, PIECE_BYTES * 3)
    expect(reads).toBe(0)
    const first = consumer.pull()
    producer.resumeProducing() // asking again while a read runs
    await first
    expect([reads, consumer.pieces.length]).toEqual([1, 1])
    producer.stopProducing()
  })

  it('F2: a file that became shorter is a failure, and the consumer is never told that it ended', async () => {
    const path = tree.write('shrinks.bin', pattern(200_000))
    const { consumer, outcomes, ended } = send(await open('shrinks.bin'), 0, 200_000)
    await consumer.pull()
    truncateSync(path, 70_000)
    await consumer.pull()
    expect(consumer.received).toBe(70_000)
    consumer.producer?.resumeProducing()
    const outcome = await ended
    expect(outcome.kind === 'failed' && outcome.error).toBeInstanceOf(FileTruncatedError)
    expect(outcome).toMatchObject({
      error: { code: 'ERR_FILE_TRUNCATED', message: expect.stringContaining('130000') },
    })
    expect(consumer.producer).toBeDefined()
    consumer.producer?.resumeProducing()
    consumer.producer?.stopProducing()
    expect(outcomes).toHaveLength(1)
  })

  it('F3: of a file that grew it sends what was announced', async () => {
    const path = tree.write('grows.bin', pattern(100))
    const { consumer, ended } = send(await open('grows.bin'), 0, 100)
    appendFileSync(path, 'more')
    await consumer.pull()
    expect([consumer.received, (await ended).kind]).toEqual([100, 'complete'])
  })

  it('F4: sends the old bytes of a file that is replaced meanwhile', async () => {
    const { renameSync } = await import('node:fs')
    const bytes = pattern(100_000)
    const path = tree.write('replaced.bin', bytes)
    const { consumer, ended } = send(await open('replaced.bin'), 0, bytes.length)
    await consumer.pull()
    renameSync(tree.write('new.bin', new Uint8Array(5)), path)
    while (consumer.producer !== undefined) await consumer.pull()
    expect((await ended).kind).toBe('complete')
    expect(Buffer.concat(consumer.pieces).equals(bytes)).toBe(true)
  })

  it('F2: an error of the disk is a failure', async () => {
    const broken = {
      ...nodeFileSystem,
      read: (...args: Parameters<typeof nodeFileSystem.read>) => {
        queueMicrotask(() => args[4](new Error('EIO'), 0))
      },
    }
    const { consumer, ended } = send(await open('a.txt', new Site(tree.root, { fileSystem: broken })), 0, 64)
    consumer.producer?.resumeProducing()
    expect(await ended).toMatchObject({ kind: 'failed', error: { message: 'EIO' } })
  })

  it('F6: closes the file when the consumer goes away while it waits', async () => {
    tree.write('waits.bin', pattern(100_000))
    const { consumer, producer, outcomes } = send(await open('waits.bin'), 0, 100_000)
    await consumer.pull()
    producer.stopProducing()
    producer.stopProducing()
    expect(outcomes).toEqual([{ kind: 'stopped' }])
    producer.resumeProducing()
    expect(consumer.pieces).toHaveLength(1)
  })

  it('F6: closes the file when the consumer goes away while it reads, and writes nothing any more', async () => {
    let readEnded: () => void = () => {}
    const settled = new Promise<void>((resolve) => (readEnded = resolve))
    const watched = {
      ...nodeFileSystem,
      read: (...[fd, target, length, position, done]: Parameters<typeof nodeFileSystem.read>) => {
        nodeFileSystem.read(fd, target, length, position, (error, bytesRead) => {
          done(error, bytesRead)
          readEnded()
        })
      },
    }
    const { consumer, producer, outcomes } = send(
      await open('a.txt', new Site(tree.root, { fileSystem: watched })),
      0,
      64,
    )
    producer.resumeProducing()
    producer.stopProducing()
    await settled
    expect(outcomes).toEqual([{ kind: 'stopped' }])
    expect(consumer.pieces).toEqual([])
  })

  it('may be stopped before it was started', async () => {
    const outcomes: FileSendOutcome[] = []
    const file = await open('a.txt')
    const producer = new FileProducer(new SlowConsumer(), {
      file,
      start: 0,
      length: 64,
      onEnd: (o) => outcomes.push(o),
    })
    producer.stopProducing()
    expect(outcomes).toEqual([{ kind: 'stopped' }])
    expect(file.closed).toBe(true)
  })

  it('refuses to be started twice, and an empty part', async () => {
    const file = await open('a.txt')
    const { producer } = send(file, 0, 64)
    expect(() => producer.start()).toThrow(/started/)
    for (const length of [0, -1, Number.NaN]) {
      expect(() => new FileProducer(new SlowConsumer(), { file, start: 0, length, onEnd: () => {} })).toThrow(
        RangeError,
      )
    }
    producer.stopProducing()
  })

  it('F6: 1,000 aborted transfers leave no descriptor open', async () => {
    tree.write('aborted.bin', pattern(100_000))
    const site = new Site(tree.root)
    for (let round = 0; round < 1000; round += 1) {
      const { consumer, producer, ended } = send(await open('aborted.bin', site), 0, 100_000)
      if (round % 3 === 1) await consumer.pull()
      if (round % 3 === 2) producer.resumeProducing()
      producer.stopProducing()
      await ended
    }
    await tree.allClosed()
    expect(tree.openDescriptors()).toBe(0)
  })
})
