import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Programs from outside npm. */
export type ProgramName = 'taskset' | 'wrk' | 'nginx' | 'twisted' | 'bun' | 'deno'

interface Program {
  readonly command: string
  readonly probe: readonly string[]
  readonly source: string
}

/** For each the command unless told otherwise, how to see that it works, and where to get it. */
export const PROGRAMS: Readonly<Record<ProgramName, Program>> = {
  taskset: { command: 'taskset', probe: ['--version'], source: 'Debian package util-linux' },
  wrk: { command: 'wrk', probe: ['--version'], source: 'Debian package wrk' },
  nginx: { command: 'nginx', probe: ['-v'], source: 'Debian package nginx-light' },
  twisted: {
    command: '/usr/bin/python3', // Debian's own, for which its packages are
    probe: ['-c', 'import twisted.web.server'],
    source: 'Debian package python3-twisted',
  },
  bun: { command: 'bun', probe: ['--version'], source: 'npm package bun, --bun names its place' },
  deno: { command: 'deno', probe: ['--version'], source: 'npm package deno, --deno names its place' },
}

export function isProgramName(name: string): name is ProgramName {
  return Object.hasOwn(PROGRAMS, name)
}

/** The commands to use, where `given` names others than the usual ones. */
export function commandsOf(
  given: Readonly<Partial<Record<ProgramName, string>>>,
): Record<ProgramName, string> {
  const usual = Object.entries(PROGRAMS).map(([name, { command }]) => [name, command])
  return { ...(Object.fromEntries(usual) as Record<ProgramName, string>), ...given }
}

/** Those of `names` that do not run here. */
export async function missingPrograms(
  names: readonly ProgramName[],
  commands: Readonly<Record<ProgramName, string>>,
): Promise<ProgramName[]> {
  const works = await Promise.all(
    names.map((name) => run(commands[name], [...PROGRAMS[name].probe]).then(returnsTrue, isRefusal)),
  )
  return names.filter((_, index) => !works[index])
}

function returnsTrue(): boolean {
  return true
}

/** `wrk --version` prints it and ends with 1: that is no sign of its absence. */
function isRefusal(error: { stdout?: string }): boolean {
  return error.stdout?.startsWith('wrk ') === true
}

/** One line that says what to install. */
export function describeMissing(name: ProgramName): string {
  return `missing: ${name} (${PROGRAMS[name].source}); leave it out with --without ${name}`
}
