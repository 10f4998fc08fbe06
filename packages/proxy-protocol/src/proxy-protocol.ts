import type { Address, ConnectionLost, DelayedCall, Protocol, Transport } from '@millrace/transport'
import { ProxyProtocolError } from './errors.ts'
import type { ProxyProtocolErrorCode } from './errors.ts'
import { ProxyHeaderReader } from './header-reader.ts'
import { settle } from './options.ts'
import type { ProxyProtocolOptions, ProxyProtocolSettings } from './options.ts'
import { proxiedTransport } from './proxied-transport.ts'
import { beginsWithHeader, CERTAIN_BYTES } from './signature.ts'

const NOTHING = new Uint8Array(0)

/**
 * Reads the header at the beginning of a connection, before the protocol above sees anything of it.
 *
 * That protocol is made when the header is complete. Its transport has the ends that the header names, and it gets every
 * byte behind the header, in order. Without a header that is demanded and believed it is never made: the connection is
 * broken off, and nothing is written to a peer that did not say who it speaks for.
 *
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
 * @public
 */
export class ProxyProtocol implements Protocol {
  readonly #makeProtocol: (transport: Transport) => Protocol
  readonly #options: ProxyProtocolOptions
  readonly #settings: ProxyProtocolSettings
  /**
   * `reading` the header; `watching` that there is none, with what could become one held back; `open` for the protocol
   * above; `closed`: nothing that arrives matters any more.
   */
  #state: 'reading' | 'watching' | 'open' | 'closed' = 'closed'
  #transport: Transport | null = null
  #protocol: Protocol | null = null
  #reader: ProxyHeaderReader | null = null
  #deadline: DelayedCall | null = null
  #held: Uint8Array = NOTHING

  /**
   * @param makeProtocol - makes the protocol above, once, when it is known whom the connection is for. It gets the
   *   transport that the protocol is about to get: a {@link ProxiedTransport} when there was a header
   * @param options - checked once: give every connection the same object
   * @throws {TypeError | RangeError} when an option is not what {@link ProxyProtocolOptions} says
   */
  constructor(makeProtocol: (transport: Transport) => Protocol, options: ProxyProtocolOptions) {
    this.#makeProtocol = makeProtocol
    this.#options = options
    this.#settings = settle(options)
  }

  makeConnection(transport: Transport): void {
    this.#transport = transport
    this.connectionMade()
  }

  /** Runs when the transport is there: decides by its peer whether a header is to be read. */
  connectionMade(): void {
    const { required, isTrusted, refusesOthers, clock, headerTimeoutMs } = this.#settings
    const transport = this.#transport!
    if (required && isTrusted(transport.getPeer())) {
      this.#state = 'reading'
      this.#reader = new ProxyHeaderReader(this.#options)
      if (headerTimeoutMs === null) return
      this.#deadline = clock.callLater(headerTimeoutMs, () => this.#refuse('ERR_PROXY_TIMEOUT'))
    } else if (required && refusesOthers) {
      if (isGone(transport.getPeer())) this.#breakOff()
      else this.#refuse('ERR_PROXY_UNTRUSTED')
    } else {
      this.#state = 'watching'
      this.#connect(transport)
    }
  }

  dataReceived(bytes: Uint8Array): void {
    if (this.#state === 'open') this.#protocol!.dataReceived(bytes)
    else if (this.#state === 'reading') this.#read(bytes)
    else if (this.#state === 'watching') this.#watch(bytes)
  }

  readConnectionLost(): void {
    if (this.#state === 'reading') this.#ended()
    else if (this.#state === 'watching') this.#pass(NOTHING)
    if (this.#state === 'open' && !this.#transport!.disconnecting) this.#protocol!.readConnectionLost()
  }

  connectionLost(reason: ConnectionLost): void {
    this.#close()
    this.#protocol?.connectionLost(reason)
  }

  #read(bytes: Uint8Array): void {
    const reader = this.#reader!
    const transport = this.#transport!
    let count: number
    try {
      count = reader.read(bytes)
    } catch (error) {
      if (!(error instanceof ProxyProtocolError)) throw error
      this.#fail(error)
      return
    }
    if (reader.header === null) return
    this.#close() // whatever the protocol above does, or throws, the header is not read again
    this.#connect(proxiedTransport(transport, reader.header))
    this.#pass(bytes.subarray(count))
  }

  /** Holds back what could become a header, so that it makes no difference how it was cut. */
  #watch(bytes: Uint8Array): void {
    const count = Math.min(bytes.length, CERTAIN_BYTES - this.#held.length)
    const beginning = join(this.#held, bytes.subarray(0, count))
    const begins = beginsWithHeader(beginning)
    if (begins === true) this.#refuse('ERR_PROXY_FORBIDDEN')
    else if (begins === false) this.#pass(bytes)
    else this.#held = beginning
  }

  #connect(transport: Transport): void {
    this.#protocol = this.#makeProtocol(transport)
    this.#protocol.makeConnection(transport)
  }

  /** Gives the connection to the protocol above, with what was held back and what came after it. */
  #pass(bytes: Uint8Array): void {
    const rest = join(this.#held, bytes)
    this.#held = NOTHING
    if (this.#transport!.disconnecting) return
    this.#state = 'open'
    if (rest.length > 0) this.#protocol!.dataReceived(rest)
  }

  /** The peer finished sending. Many look whether somebody listens, and say nothing. */
  #ended(): void {
    if (this.#reader!.receivedBytes > 0) return this.#refuse('ERR_PROXY_INCOMPLETE')
    this.#close()
    this.#transport!.loseConnection()
  }

  #refuse(code: ProxyProtocolErrorCode): void {
    this.#fail(new ProxyProtocolError(code, this.#reader?.receivedBytes ?? 0))
  }

  #breakOff(): void {
    this.#close()
    this.#transport!.abortConnection()
  }

  #fail(error: ProxyProtocolError): void {
    const peer = this.#transport!.getPeer() // the system forgets it when the connection is gone
    this.#breakOff()
    try {
      this.#settings.onError?.(error, peer)
    } catch {
      // A hook that reports must not turn one peer's mistake into another failure.
    }
  }

  /** Nothing that arrives matters any more, and nothing is waited for. */
  #close(): void {
    this.#state = 'closed'
    this.#deadline?.cancel()
    this.#deadline = null
    this.#reader = null
    this.#held = NOTHING
  }
}

/** Both in one, without a copy when one of them is all. */
function join(front: Uint8Array, back: Uint8Array): Uint8Array {
  if (front.length === 0) return back
  if (back.length === 0) return front
  const joined = new Uint8Array(front.length + back.length)
  joined.set(front)
  joined.set(back, front.length)
  return joined
}

/** Whether the connection ended before anybody asked whose it is: there is nobody to be called untrusted. */
function isGone(peer: Address): boolean {
  return 'host' in peer && peer.host === ''
}
