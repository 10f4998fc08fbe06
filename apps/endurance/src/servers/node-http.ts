import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerQuestions } from './answer-questions.ts'

const server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => response.end('hello\n'))
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  answerQuestions((server.address() as AddressInfo).port),
)
