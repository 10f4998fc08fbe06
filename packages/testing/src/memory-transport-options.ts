import type { Address } from '@millrace/transport'

/**
 * How a memory transport behaves towards its protocol.
 *
 * @public
 */
export interface MemoryTransportOptions {
  /**
   * Whether written bytes stay buffered until `drain()`, like those of a peer that does not read.
   *
   * @defaultValue `false`: whatever is written has left at once
   */
  readonly manualDrain?: boolean
  /**
   * Buffered bytes, 1 or more, from which a push producer is paused, until all of them have left.
   *
   * @defaultValue 65536, as that of a socket in Node
   */
  readonly highWaterMarkBytes?: number
  /** What `isSecure()` answers. @defaultValue `false` */
  readonly secure?: boolean
  /** What `negotiatedProtocol` answers. @defaultValue `null` */
  readonly negotiatedProtocol?: string | null
  /** What `getPeer()` answers. @defaultValue a memory address named `peer` */
  readonly peer?: Address
  /** What `getHost()` answers. @defaultValue a memory address named `host` */
  readonly host?: Address
  /**
   * Takes what a callback of the protocol threw; the connection is aborted by then.
   *
   * @defaultValue the method of the transport that ran the callback throws it: a test cannot overlook it
   */
  readonly onProtocolError?: (error: unknown) => void
  /**
   * Runs `settle()` later when something became due outside the methods that drive the protocol:
   * `queueMicrotask` makes the transport run by itself, for code that awaits.
   *
   * @defaultValue nothing: the test drives
   */
  readonly schedule?: (run: () => void) => void
}
