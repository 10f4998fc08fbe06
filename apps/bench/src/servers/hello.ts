/** What every server answers, so that they differ in how and not in what. */
export const BODY = 'Hello, World!\n'
export const CONTENT_TYPE = 'text/plain'

/** Tells the bench where the server listens: the first line of its output. */
export function announce(port: number): void {
  process.stdout.write(`${port}\n`)
}
