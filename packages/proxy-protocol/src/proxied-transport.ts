import type { Address, PullProducer, PushProducer, Transport } from '@millrace/transport'
import type { ProxyHeader } from './header.ts'

/**
 * The transport of a connection that a proxy passes on: its ends are those that the header names, everything else is the
 * transport below. So `isSecure` and `negotiatedProtocol` tell of the connection with the proxy; what the proxy says
 * about the one with the client stands in {@link ProxiedTransport.header}.
 *
 * @public
 */
export class ProxiedTransport implements Transport {
  /** What the proxy said. */
  readonly header: ProxyHeader
  /** The transport that connects us with the proxy. */
  readonly below: Transport

  constructor(below: Transport, header: ProxyHeader) {
    this.below = below
    this.header = header
  }

  getPeer(): Address {
    return this.header.endpoints === null ? this.below.getPeer() : this.header.endpoints.source
  }

  getHost(): Address {
    return this.header.endpoints === null ? this.below.getHost() : this.header.endpoints.destination
  }

  isSecure(): boolean {
    return this.below.isSecure()
  }

  get negotiatedProtocol(): string | null {
    return this.below.negotiatedProtocol
  }

  get disconnecting(): boolean {
    return this.below.disconnecting
  }

  get bufferedBytes(): number {
    return this.below.bufferedBytes
  }

  write(bytes: Uint8Array): void {
    this.below.write(bytes)
  }

  writeSequence(parts: readonly Uint8Array[]): void {
    this.below.writeSequence(parts)
  }

  loseConnection(): void {
    this.below.loseConnection()
  }

  abortConnection(): void {
    this.below.abortConnection()
  }

  closeWrite(): void {
    this.below.closeWrite()
  }

  pauseProducing(): void {
    this.below.pauseProducing()
  }

  resumeProducing(): void {
    this.below.resumeProducing()
  }

  stopProducing(): void {
    this.below.stopProducing()
  }

  registerProducer(producer: PushProducer, streaming: true): void
  registerProducer(producer: PullProducer, streaming: false): void
  registerProducer(producer: PushProducer | PullProducer, streaming: boolean): void {
    if (streaming) this.below.registerProducer(producer as PushProducer, true)
    else this.below.registerProducer(producer, false)
  }

  unregisterProducer(): void {
    this.below.unregisterProducer()
  }
}

/** Where the transport below takes text, this one does. */
class TextProxiedTransport extends ProxiedTransport {
  writeLatin1(text: string): void {
    this.below.writeLatin1!(text)
  }
}

/** Puts what `header` names in front of `below`. */
export function proxiedTransport(below: Transport, header: ProxyHeader): ProxiedTransport {
  const Kind = below.writeLatin1 === undefined ? ProxiedTransport : TextProxiedTransport
  return new Kind(below, header)
}
