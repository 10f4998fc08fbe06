import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** One answer, as text. */
export interface Answer {
  readonly status: number
  readonly content: string
}

/** Sends `request` to a local port and waits for one answer. @throws {Error} when none comes */
export async function ask(port: number, request: Buffer, secure = false): Promise<Answer> {
  const place = { port, host: '127.0.0.1' }
  const socket: Socket = secure ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place)
  socket.setTimeout(5_000, () => socket.destroy(new Error(`no whole answer from port ${port} in 5 s`)))
  socket.write(request)
  let wire = ''
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    wire += bytes.toString('latin1')
    const answer = parseAnswer(wire)
    if (answer !== null) return answer // leaving the loop destroys the socket
  }
  throw new Error(`no whole answer from port ${port}, but: ${wire.slice(0, 200)}`)
}

/** Reads what begins `wire`; `null` when it is not complete. */
export function parseAnswer(wire: string): Answer | null {
  const headEnd = wire.indexOf('\r\n\r\n')
  if (headEnd === -1) return null
  const head = wire.slice(0, headEnd)
  const rest = wire.slice(headEnd + 4)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  const content = length === undefined ? dechunk(rest) : wholeOf(rest, Number(length))
  return content === null ? null : { status: Number(head.split(' ')[1]), content }
}

function wholeOf(rest: string, length: number): string | null {
  return rest.length < length ? null : rest.slice(0, length)
}

/** The data of a whole chunked body without extensions and trailers; `null` when it is not complete. */
export function dechunk(body: string): string | null {
  let content = ''
  let at = 0
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at)
    if (lineEnd === -1) return null
    const size = Number.parseInt(body.slice(at, lineEnd), 16)
    if (body.length < lineEnd + size + 4) return null
    if (size === 0) return content
    content += body.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + size + 4
  }
}
