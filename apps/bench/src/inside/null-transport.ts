import type { Address, Transport } from '@millrace/transport'

const ADDRESS: Address = { family: 'memory', name: 'bench' }

/** A transport to nowhere: makes octets of text, as a socket would, and counts them. */
export class NullTransport implements Transport {
  readonly disconnecting = false
  readonly bufferedBytes = 0
  readonly negotiatedProtocol = null
  /** Octets that were written. */
  written = 0
  /** What was written last; longer writes are cut. */
  readonly last: Buffer = Buffer.alloc(65_536)

  write(bytes: Uint8Array): void {
    this.last.set(bytes.length > this.last.length ? bytes.subarray(0, this.last.length) : bytes)
    this.written += bytes.length
  }

  writeSequence(parts: readonly Uint8Array[]): void {
    for (const part of parts) this.write(part)
  }

  writeLatin1(text: string): void {
    this.written += this.last.write(text, 0, 'latin1')
  }

  loseConnection(): void {}
  abortConnection(): void {}
  closeWrite(): void {}
  pauseProducing(): void {}
  resumeProducing(): void {}
  stopProducing(): void {}
  registerProducer(): void {}
  unregisterProducer(): void {}
  getPeer(): Address {
    return ADDRESS
  }
  getHost(): Address {
    return ADDRESS
  }
  isSecure(): boolean {
    return false
  }
}
