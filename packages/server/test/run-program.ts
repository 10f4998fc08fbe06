import { spawn } from 'node:child_process'

interface Outcome {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
}

/**
 * Runs a program to its end.
 *
 * @param input - what it reads from standard input
 * @throws {Error} (rejects) when the program is missing: then the test fails, it is never skipped
 */
export function runProgram(
  command: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: 30_000 })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (bytes: Buffer) => (stdout += bytes.toString('latin1')))
    child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString('latin1')))
    child.on('error', reject)
    child.on('close', (code) => resolve({ stdout, stderr, code }))
    child.stdin.on('error', () => undefined) // a program need not read all of it
    child.stdin.end(input)
  })
}

/** The same, of a program that must succeed; gives what it printed. */
export async function outputOf(
  command: string,
  args: readonly string[],
  input?: string | Uint8Array,
): Promise<string> {
  const { stdout, stderr, code } = await runProgram(command, args, input)
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr || stdout}`)
  return stdout
}
