import { readFileSync } from 'node:fs'
import type { Trial } from '../wire.ts'

/** What a server is asked to be: a {@link Trial}, one that looks at a field of the request, or one end of a transfer. */
export type Role = Trial | 'page-read' | 'upload' | 'download'

/** The first argument of every server. */
export const role: Role = process.argv[2] as Role

/** Key and certificate from the files that the second and third argument name, with one cipher for all. */
export const tls: { key: Buffer; cert: Buffer; ciphers: string; minVersion: 'TLSv1.3' } | undefined =
  process.argv[3] === undefined
    ? undefined
    : {
        key: readFileSync(process.argv[3]),
        cert: readFileSync(process.argv[4] as string),
        ciphers: 'TLS_AES_128_GCM_SHA256',
        minVersion: 'TLSv1.3',
      }

/** Thousands of connections come at once. */
export const BACKLOG = 4_096

/** Tells the bench where the server listens: the first line of its output. */
export function announce(port: number): void {
  process.stdout.write(`${port}\n`)
}

/** A download's path says how many pieces, behind its form: `/chunked/16384`. */
export function askedPieces(target: string): number {
  return Number(target.slice(target.lastIndexOf('/') + 1))
}
