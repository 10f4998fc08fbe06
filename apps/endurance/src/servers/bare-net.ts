import { createServer, type AddressInfo } from 'node:net'
import { answerQuestions } from './answer-questions.ts'

/** What a connection costs at least: a socket that answers without looking. */
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n'))
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  answerQuestions((server.address() as AddressInfo).port),
)
