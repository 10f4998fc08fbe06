/**
 * Something that was found to be wrong.
 *
 * @public
 */
export interface Violation {
  /** The number of the connection, from 1; 0 for the simulation as a whole. */
  readonly connection: number
  readonly what: string
}

/**
 * What happened in a simulation, in order, and what was wrong with it.
 *
 * @public
 */
export class SimulationLog {
  readonly lines: string[] = []
  readonly violations: Violation[] = []

  note(connection: number, what: string): void {
    this.lines.push(`#${connection} ${what}`)
  }

  violated(connection: number, what: string): void {
    this.violations.push({ connection, what })
    this.note(connection, `! ${what}`)
  }
}
