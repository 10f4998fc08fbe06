import { connect } from 'node:net'

// Sends prepared octets as fast as they are taken, and tells how long it took until the answer was there.

const [port, mebibytes, framing] = process.argv.slice(2) as [string, string, string]
const MEBIBYTE = 1_048_576
const isChunked = framing === 'chunked'
const content = Buffer.alloc(MEBIBYTE, '.')
const block = isChunked ? Buffer.concat(chunks(content, 65_536)) : content
const end = isChunked ? '0\r\n\r\n' : ''
const count = Number(mebibytes)
const wireOctets = count * block.length + end.length
const length = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${count * MEBIBYTE}`

// Blocks wait in the socket, several at a time: one system call takes them all.
const place = { port: Number(port), host: '127.0.0.1', noDelay: true, highWaterMark: 4 * MEBIBYTE }
const socket = connect(place)
let answer = ''
let started = 0
socket.on('connect', () => {
  started = performance.now()
  socket.write(
    `POST /upload HTTP/1.1\r\nHost: localhost:8080\r\nWire-Octets: ${wireOctets}\r\n${length}\r\n\r\n`,
  )
  let left = count
  const pump = (): void => {
    while (left > 0) {
      left -= 1
      if (!socket.write(block)) return void socket.once('drain', pump)
    }
    if (end !== '') socket.write(end)
  }
  pump()
})
socket.on('data', (bytes) => {
  answer += bytes.toString('latin1')
  const parts = /^HTTP\/1\.1 (\d+)[^]*?\r\n\r\n(\d+)$/.exec(answer)
  if (parts === null) return
  const seconds = (performance.now() - started) / 1_000
  process.stdout.write(
    `${JSON.stringify({ seconds, status: Number(parts[1]), answered: Number(parts[2]), wireOctets })}\n`,
  )
  socket.destroy()
})

function chunks(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: bytes.length / size }, (_, i) =>
    Buffer.concat([
      Buffer.from(`${size.toString(16)}\r\n`),
      bytes.subarray(i * size, (i + 1) * size),
      Buffer.from('\r\n'),
    ]),
  )
}
