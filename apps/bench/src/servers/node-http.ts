import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { answerJson, HELLO, HELLO_FIELDS, JSON_FIELDS, PAGE, PAGE_FIELDS, PIECE } from './answers.ts'
import { announce, askedPieces, BACKLOG, role, tls, type Role } from './program.ts'

const LISTENERS: Readonly<Record<Role, RequestListener>> = {
  hello: (_request, response) => send(response, HELLO_FIELDS, HELLO),
  page: (_request, response) => send(response, PAGE_FIELDS, PAGE),
  'page-read': (request, response) => {
    if (request.headers.cookie !== undefined) send(response, PAGE_FIELDS, PAGE)
  },
  json: (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      send(response, JSON_FIELDS, answerJson(bytes.toString()))
    })
  },
  upload: (request, response) => {
    let received = 0
    request.on('data', (chunk: Buffer) => (received += chunk.length))
    request.on('end', () => send(response, {}, String(received)))
  },
  download,
}

function send(response: ServerResponse, fields: Readonly<Record<string, string>>, body: string): void {
  for (const name in fields) response.setHeader(name, fields[name] as string)
  response.setHeader('Content-Length', body.length)
  response.end(body)
}

function download(request: IncomingMessage, response: ServerResponse): void {
  const target = request.url as string
  let left = askedPieces(target)
  if (!target.startsWith('/chunked/')) response.setHeader('Content-Length', left * PIECE.length)
  const pump = (): void => {
    while (left > 0) {
      left -= 1
      if (!response.write(PIECE)) return void response.once('drain', pump)
    }
    response.end()
  }
  pump()
}

const server = tls === undefined ? createServer(LISTENERS[role]) : createTlsServer(tls, LISTENERS[role])
server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () =>
  announce((server.address() as AddressInfo).port),
)
