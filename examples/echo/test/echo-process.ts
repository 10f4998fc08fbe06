import { spawn, type ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { resolve } from 'node:path'

const EXAMPLE = resolve(import.meta.dirname, '../echo.js')
/** Of no content at all. */
export const EMPTY_SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

const children: ChildProcess[] = []
/** Starts the example, on the built packages, and gives the port that it tells. */
export function start(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [EXAMPLE, '--port', '0', ...args])
  children.push(child)
  return new Promise((resolvePort, reject) => {
    let printed = ''
    const take = (bytes: Buffer): void => {
      printed += bytes.toString()
      const told = /^Listening on http:\/\/127\.0\.0\.1:(\d+)\n$/.exec(printed)
      if (told !== null) resolvePort(Number(told[1]))
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', reject)
    child.on('exit', () => reject(new Error(`the example ended: ${printed}`)))
  })
}

/** Sends wire text, finishes sending, and gives all that comes back. */
export function talk(to: number, wire: string): Promise<string> {
  return new Promise((resolveText, reject) => {
    const socket = connect({ port: to, host: '127.0.0.1', allowHalfOpen: true })
    let received = ''
    socket.on('data', (bytes) => (received += bytes.toString('latin1')))
    socket.on('error', reject)
    socket.on('end', () => {
      socket.end()
      resolveText(received)
    })
    socket.end(wire, 'latin1')
  })
}

/** The statuses and contents of responses that have a Content-Length each. */
export function responsesOf(received: string): { status: number; content: string }[] {
  const responses: { status: number; content: string }[] = []
  for (let rest = received; rest !== '';) {
    const headEnd = rest.indexOf('\r\n\r\n') + 4
    const head = rest.slice(0, headEnd)
    const end = headEnd + Number(/\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1])
    responses.push({ status: Number(head.slice(9, 12)), content: rest.slice(headEnd, end) })
    rest = rest.slice(end)
  }
  return responses
}

/** Ends what {@link start} started. */
export function stopAll(): void {
  for (const child of children) child.kill()
}
