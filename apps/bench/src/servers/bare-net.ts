import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { REQUESTS, type Trial } from '../wire.ts'
import { answerJson, HELLO, HELLO_FIELDS, JSON_FIELDS, PAGE, PAGE_FIELDS, PIECE } from './answers.ts'
import { announce, askedPieces, BACKLOG, role, tls, type Role } from './program.ts'

// The ceiling: a socket that answers without looking. It counts octets, and knows how many make a request.

function octetsOf(fields: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries({ Date: new Date().toUTCString(), ...fields, 'Content-Length': body.length })
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.from(`HTTP/1.1 200 OK\r\n${head}\r\n${body}`, 'latin1')
}

function answer(trial: Trial): Buffer {
  switch (trial) {
    case 'hello':
      return octetsOf(HELLO_FIELDS, HELLO)
    case 'page':
      return octetsOf(PAGE_FIELDS, PAGE)
    case 'json': {
      const request = REQUESTS.json.toString('latin1')
      return octetsOf(JSON_FIELDS, answerJson(request.slice(request.indexOf('\r\n\r\n') + 4)))
    }
    default:
      return trial satisfies never
  }
}

/** Answers every `requestLength` octets. */
function respond(trial: Trial): (socket: Socket) => void {
  const response = answer(trial)
  const requestLength = REQUESTS[trial].length
  return (socket) => {
    let received = 0
    socket.on('data', (bytes) => {
      received += bytes.length
      const count = Math.floor(received / requestLength)
      received -= count * requestLength
      if (count === 1) socket.write(response)
      else if (count > 1) socket.write(Buffer.concat(new Array<Buffer>(count).fill(response)))
    })
  }
}

/** Counts the octets behind a head, as many as its field `Wire-Octets` says; then answers with their number. */
function sink(socket: Socket): void {
  let expected = -1
  let received = 0
  socket.on('data', (bytes) => {
    received += bytes.length
    if (expected === -1) {
      const head = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n') + 4)
      expected = Number(/Wire-Octets: (\d+)/.exec(head)?.[1])
      received -= head.length
    }
    if (received < expected) return
    socket.write(octetsOf({}, String(received)))
    expected = -1
    received = 0
  })
}

/** Sends pieces as fast as they are taken. */
function source(socket: Socket): void {
  socket.once('data', (bytes) => {
    const target = bytes.toString('latin1').split(' ')[1] as string
    const isChunked = target.startsWith('/chunked/')
    const framing = isChunked
      ? 'Transfer-Encoding: chunked'
      : `Content-Length: ${askedPieces(target) * PIECE.length}`
    const piece = isChunked ? Buffer.concat([Buffer.from('10000\r\n'), PIECE, Buffer.from('\r\n')]) : PIECE
    let left = askedPieces(target)
    const pump = (): void => {
      while (left > 0) {
        left -= 1
        if (!socket.write(piece)) return void socket.once('drain', pump)
      }
      socket.end(isChunked ? '0\r\n\r\n' : '')
    }
    socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\nConnection: close\r\n\r\n`)
    pump()
  })
}

function serving(what: Role): (socket: Socket) => void {
  if (what === 'upload') return sink
  if (what === 'download') return source
  return respond(what === 'page-read' ? 'page' : what)
}

const serve = serving(role)
const accept = (socket: Socket): void => {
  socket.on('error', () => socket.destroy())
  serve(socket)
}
const server =
  tls === undefined
    ? createServer({ noDelay: true }, accept)
    : createTlsServer({ ...tls, noDelay: true }, accept)
server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () =>
  announce((server.address() as AddressInfo).port),
)
