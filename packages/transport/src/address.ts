/**
 * One end of a connection that runs over IP.
 *
 * @public
 */
export interface InternetAddress {
  readonly family: 'IPv4' | 'IPv6'
  /** The textual IP address, without brackets: `127.0.0.1`, `::1`. */
  readonly host: string
  /** 0–65535. */
  readonly port: number
}

/**
 * One end of a connection over a unix domain socket. `path` is empty for an unnamed (connecting) end.
 *
 * @public
 */
export interface UnixAddress {
  readonly family: 'unix'
  readonly path: string
}

/**
 * One end of a connection that lives inside this process: a memory pipe, a worker port, a tunnel.
 *
 * @public
 */
export interface MemoryAddress {
  readonly family: 'memory'
  readonly name: string
}

/**
 * Where one end of a connection is.
 *
 * @public
 */
export type Address = InternetAddress | UnixAddress | MemoryAddress
