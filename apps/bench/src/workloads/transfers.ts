import { ask } from '../ask.ts'
import type { Figures } from '../figures.ts'
import { LOAD_CORE, PinnedProcess } from '../pinned-process.ts'
import { PIECE } from '../servers/answers.ts'
import * as servers from '../server-kinds.ts'
import type { ServerKind } from '../server-kinds.ts'
import { BARE_NET, type Settings, type Workload } from '../workload.ts'

type Direction = 'upload' | 'download'
type Framing = 'length' | 'chunked'

const MEBIBYTE = 1_048_576

/** Transfers before the one that is measured, each of a quarter: compiling takes a good part of a second. */
const WARM_UPS = 4

/** One large message: how fast it moves, what it costs, and what a server holds of it. */
export const transferWorkloads: readonly Workload[] = [
  workload('upload', 'length'),
  workload('upload', 'chunked'),
  workload('download', 'length'),
  workload('download', 'chunked'),
]

function workload(direction: Direction, framing: Framing): Workload {
  return {
    name: `${direction}, ${framing}`,
    contestants: [servers.BARE, servers.NODE, servers.CHANNEL].map((kind) => ({
      name: kind.name,
      needs: kind.needs,
      measure: (settings) => measureTransfer(kind, direction, framing, settings),
    })),
  }
}

async function measureTransfer(
  kind: ServerKind,
  direction: Direction,
  framing: Framing,
  settings: Settings,
): Promise<Figures> {
  const { transferMebibytes } = settings
  const { process, port } = await kind.start(direction, settings, false)
  const transfer = direction === 'upload' ? upload : download
  try {
    if (direction === 'download') await checkPieces(port, framing)
    for (let i = 0; i < WARM_UPS; i += 1)
      await transfer(kind, port, Math.ceil(transferMebibytes / 4), framing)
    const residentBefore = process.residentBytes()
    const before = process.cpuSeconds()
    const seconds = await transfer(kind, port, transferMebibytes, framing)
    const after = process.cpuSeconds()
    const octets = transferMebibytes * MEBIBYTE
    const cpuSeconds = after.user - before.user + (after.system - before.system)
    return {
      megabytesPerSecond: octets / 1e6 / seconds,
      cpuNanosecondsPerOctet: (cpuSeconds * 1e9) / octets,
      grownMegabytes: (process.peakBytes() - residentBefore) / 1e6,
      peakMegabytes: process.peakBytes() / 1e6,
    }
  } finally {
    await process.stop()
  }
}

/** @throws {Error} unless the server counted what was sent */
async function upload(kind: ServerKind, port: number, mebibytes: number, framing: Framing): Promise<number> {
  const { seconds, status, answered, wireOctets } = await runClient('upload', port, mebibytes, framing)
  // The bare server knows no framing: it counts that, too.
  const expected = kind.name === BARE_NET ? wireOctets : mebibytes * MEBIBYTE
  if (status !== 200 || answered !== expected)
    throw new Error(`${expected} octets were sent, but the answer was ${status} ${answered}`)
  return seconds as number
}

/** @throws {Error} unless all octets came, with not too much around them */
async function download(
  _kind: ServerKind,
  port: number,
  mebibytes: number,
  framing: Framing,
): Promise<number> {
  const { seconds, status, octets, tail } = await runClient('download', port, mebibytes, framing)
  const content = mebibytes * MEBIBYTE
  const isRight =
    framing === 'length'
      ? octets === content
      : tail === '0\r\n\r\n' && (octets as number) > content && (octets as number) < content * 1.01
  if (status !== 200 || !isRight)
    throw new Error(`${content} octets were owed, and ${octets} came (${status})`)
  return seconds as number
}

async function runClient(
  direction: Direction,
  port: number,
  mebibytes: number,
  framing: Framing,
): Promise<Record<string, unknown>> {
  const args = [String(port), String(mebibytes), framing]
  await using client = PinnedProcess.node(`clients/${direction}`, args, LOAD_CORE)
  return JSON.parse(await client.line()) as Record<string, unknown>
}

/** @throws {Error} unless a short download is just what it should be */
async function checkPieces(port: number, framing: Framing): Promise<void> {
  const request = `GET /${framing}/3 HTTP/1.1\r\nHost: localhost:8080\r\n\r\n`
  const { status, content } = await ask(port, Buffer.from(request))
  const expected = Buffer.from(PIECE).toString('latin1').repeat(3)
  if (status !== 200 || content !== expected)
    throw new Error(`a wrong download: ${status}, ${content.length} octets`)
}
