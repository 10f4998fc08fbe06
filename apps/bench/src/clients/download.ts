import { connect } from 'node:net'

// Asks for many pieces, counts octets until the server closes, and tells how long that took.

const [port, mebibytes, framing] = process.argv.slice(2) as [string, string, string]
const PIECES_IN_MEBIBYTE = 16

let head = ''
let headLength = -1
let octets = 0
let tail = ''
let started = 0

const socket = connect({
  port: Number(port),
  host: '127.0.0.1',
  // One buffer for all reads: what the client does must not be what is measured.
  onread: { buffer: Buffer.alloc(1_048_576), callback: count },
})
socket.on('connect', () => {
  started = performance.now()
  const target = `/${framing}/${Number(mebibytes) * PIECES_IN_MEBIBYTE}`
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n\r\n`)
})
socket.on('close', () => {
  const seconds = (performance.now() - started) / 1_000
  const status = Number(head.split(' ')[1])
  process.stdout.write(`${JSON.stringify({ seconds, status, octets: octets - headLength, tail })}\n`)
})

function count(length: number, buffer: Uint8Array): boolean {
  if (headLength === -1) {
    head += Buffer.from(buffer.subarray(0, Math.min(length, 4_096))).toString('latin1')
    const end = head.indexOf('\r\n\r\n')
    if (end !== -1) headLength = end + 4
  }
  octets += length
  const last = Buffer.from(buffer.subarray(Math.max(0, length - 5), length)).toString('latin1')
  tail = (tail + last).slice(-5)
  return true
}
