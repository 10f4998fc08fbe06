import type { Figures } from './figures.ts'
import type { ProgramName } from './programs.ts'
import type { TestCertificate } from '@millrace/testing/certificate'

/** Where and for how long to measure. */
export interface Settings {
  /** How long one measurement of a rate lasts. */
  readonly seconds: number
  /** What one transfer moves. */
  readonly transferMebibytes: number
  /** Connections that are left idle. */
  readonly idleConnections: number
  /** What servers with TLS show. */
  readonly certificate: TestCertificate
  /** The commands of programs from outside npm. */
  readonly programs: Readonly<Record<ProgramName, string>>
}

/** Somebody who takes part in a workload. */
export interface Contestant {
  readonly name: string
  /** Programs from outside npm, without which there is nothing to measure. */
  readonly needs: readonly ProgramName[]
  /**
   * Measures once, in processes of its own, after it was seen that the answers are right.
   *
   * @throws {Error} when an answer is wrong
   */
  measure(settings: Settings): Promise<Figures>
}

/** What contestants are measured by, taking turns. */
export interface Workload {
  readonly name: string
  readonly contestants: readonly Contestant[]
}

/** The peers that tables tell ratios against wherever they take part. */
export const BARE_NET = 'bare net'
export const NODE_HTTP = 'node:http'
