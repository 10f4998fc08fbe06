import { FakeClock, joinBytes, MemoryTransport, RecordingProtocol, wireText } from '@millrace/testing'
import type { MemoryTransportOptions, Reactions } from '@millrace/testing'
import type { Address, InternetAddress, Transport } from '@millrace/transport'
import { ProxyHeaderReader, ProxyProtocol, ProxyProtocolError } from '../src/index.ts'
import type {
  ProxyHeader,
  ProxyHeaderOptions,
  ProxyProtocolErrorCode,
  ProxyProtocolOptions,
} from '../src/index.ts'

export const ipv4 = (host: string, port: number): InternetAddress => ({ family: 'IPv4', host, port })
export const ipv6 = (host: string, port: number): InternetAddress => ({ family: 'IPv6', host, port })

/** Where the proxy of the tests is. */
export const PROXY: Address = ipv4('10.0.0.9', 4_000)
/** Where the server of the tests is. */
export const SERVER: Address = ipv4('10.0.0.1', 80)

export const V1 = 'PROXY TCP4 192.0.2.7 198.51.100.3 56324 443\r\n'

/** A filter on a memory transport whose peer is the trusted proxy, with a protocol above that writes down what it gets. */
export class Filtered {
  readonly clock = new FakeClock()
  readonly errors: ProxyProtocolError[] = []
  readonly peers: Address[] = []
  readonly transport: MemoryTransport
  /** What the protocol above was made for; one for each time that it was made. */
  readonly made: Transport[] = []
  readonly above: RecordingProtocol

  constructor(
    options: Partial<ProxyProtocolOptions> = {},
    transport: MemoryTransportOptions = {},
    reactions: Reactions = {},
  ) {
    this.above = new RecordingProtocol(reactions)
    this.transport = new MemoryTransport({ peer: PROXY, host: SERVER, ...transport })
    const filter = new ProxyProtocol(
      (made) => {
        this.made.push(made)
        return this.above
      },
      {
        trusted: ['10.0.0.0/8'],
        onError: (error, peer) => {
          this.errors.push(error)
          this.peers.push(peer)
        },
        ...options,
        clock: this.clock,
      },
    )
    this.transport.connect(filter)
  }

  send(...pieces: (Uint8Array | string)[]): this {
    for (const piece of pieces) this.transport.deliver(piece)
    return this
  }

  get codes(): string[] {
    return this.errors.map((error) => error.code)
  }

  /** Whether the connection was broken off without a word, and nothing is waited for. */
  get brokenOff(): boolean {
    const { lostReason, writes } = this.transport
    return lostReason?.kind === 'aborted' && writes.length === 0 && this.clock.pending === 0
  }
}

/** What a reader makes of a connection: its header and what is behind it, or the error. */
export type Outcome =
  { header: ProxyHeader; rest: string } | { code: ProxyProtocolErrorCode; offset: number } | 'more'

export function read(pieces: readonly Uint8Array[], options?: ProxyHeaderOptions): Outcome {
  const reader = new ProxyHeaderReader(options)
  const rest: Uint8Array[] = []
  try {
    for (const piece of pieces) {
      rest.push(reader.header === null ? piece.subarray(reader.read(piece)) : piece)
    }
  } catch (error) {
    if (!(error instanceof ProxyProtocolError)) throw error
    return { code: error.code, offset: error.offset }
  }
  return reader.header === null ? 'more' : { header: reader.header, rest: wireText(joinBytes(rest)) }
}
