import { createServer, type AddressInfo } from 'node:net'
import { announce, BODY, CONTENT_TYPE } from './hello.ts'

/** The ceiling: a socket that answers without looking. It takes every `wrk` request for as long as the first. */
const response = Buffer.from(
  `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: ${CONTENT_TYPE}\r\n` +
    `Content-Length: ${BODY.length}\r\n\r\n${BODY}`,
)

const server = createServer({ noDelay: true }, (socket) => {
  let requestLength = 0
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    if (requestLength === 0) requestLength = bytes.indexOf('\r\n\r\n') + 4
    const count = Math.round(bytes.length / requestLength)
    socket.write(count === 1 ? response : Buffer.concat(new Array<Buffer>(count).fill(response)))
  })
})
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port))
