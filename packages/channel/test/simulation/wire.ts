/** One response as a client sees it. */
export interface Received {
  readonly status: number
  /** The lower-case names and the values of its fields. */
  readonly fields: ReadonlyMap<string, string>
  readonly content: string
  /** Whether its end was seen, and not only the end of the connection. */
  readonly complete: boolean
}

const HEAD = /HTTP\/1\.1 ([1-5][0-9]{2}) [^\r\n]*\r\n((?:[^\r\n:]+: [^\r\n]*\r\n)*)\r\n/y
const CHUNK = /([0-9a-f]+)\r\n/y
const LAST_CHUNK = /0\r\n(?:[^\r\n:]+: [^\r\n]*\r\n)*\r\n/y

/**
 * Reads everything that a server sent as responses.
 *
 * @param isBodyless - whether a response to its request never has content, whatever it announces; `isLast`: nothing
 *   follows its head
 * @param isSwitch - whether what follows is another protocol's
 * @throws {Error} when something is neither a response nor the beginning of one
 */
export function readResponses(
  wire: string,
  isBodyless: (status: number, fields: ReadonlyMap<string, string>, isLast: boolean) => boolean,
  isSwitch: (status: number, fields: ReadonlyMap<string, string>) => boolean,
): { responses: Received[]; rest: string } {
  const responses: Received[] = []
  let at = 0
  while (at < wire.length) {
    HEAD.lastIndex = at
    const head = HEAD.exec(wire)
    if (head === null) {
      const rest = wire.slice(at)
      const begun = 'HTTP/1.1 ' // what can be checked of a head that is not complete
      if (!begun.startsWith(rest.slice(0, 9)) || rest.includes('\r\n\r\n')) {
        throw new Error(`no response at ${at}: ${JSON.stringify(rest.slice(0, 60))}`)
      }
      return { responses, rest }
    }
    at = HEAD.lastIndex
    const status = Number(head[1])
    const fields = new Map<string, string>()
    for (const line of (head[2] as string).split('\r\n').slice(0, -1)) {
      const colon = line.indexOf(':')
      const name = line.slice(0, colon).toLowerCase()
      if (fields.has(name)) throw new Error(`two lines of ${name}`)
      fields.set(name, line.slice(colon + 2))
    }
    if (isSwitch(status, fields)) {
      responses.push({ status, fields, content: '', complete: true })
      return { responses, rest: wire.slice(at) }
    }
    const bodyless = status < 200 || isBodyless(status, fields, at === wire.length)
    const body = bodyless ? NO_BODY : readBody(wire, at, fields)
    at += body.size
    responses.push({ status, fields, content: body.content, complete: body.complete })
    if (!body.complete && at < wire.length) throw new Error(`framing broken at ${at}`)
  }
  return { responses, rest: '' }
}

interface Body {
  readonly content: string
  readonly size: number
  readonly complete: boolean
}

const NO_BODY: Body = { content: '', size: 0, complete: true }

function readBody(wire: string, at: number, fields: ReadonlyMap<string, string>): Body {
  const length = fields.get('content-length')
  if (fields.has('transfer-encoding')) {
    if (length !== undefined) throw new Error('both framings')
    return readChunks(wire, at)
  }
  if (length === undefined) {
    const content = wire.slice(at)
    return { content, size: content.length, complete: false } // only the close will tell
  }
  const content = wire.slice(at, at + Number(length))
  return { content, size: content.length, complete: content.length === Number(length) }
}

function readChunks(wire: string, start: number): Body {
  let at = start
  let content = ''
  for (;;) {
    LAST_CHUNK.lastIndex = at
    if (LAST_CHUNK.test(wire)) return { content, size: LAST_CHUNK.lastIndex - start, complete: true }
    CHUNK.lastIndex = at
    const size = CHUNK.exec(wire)
    const length = size === null ? 0 : parseInt(size[1] as string, 16)
    const end = CHUNK.lastIndex + length
    if (size === null || length === 0 || wire.length < end + 2) {
      content += size === null ? '' : wire.slice(CHUNK.lastIndex, end)
      return { content, size: wire.length - start, complete: false }
    }
    if (wire.slice(end, end + 2) !== '\r\n') throw new Error(`no CRLF behind a chunk at ${end}`)
    content += wire.slice(at + (size[0] as string).length, end)
    at = end + 2
  }
}
