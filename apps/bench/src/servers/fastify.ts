import fastify from 'fastify'
import type { AddressInfo } from 'node:net'
import { confirm, type Order } from '../wire.ts'
import { HELLO, HELLO_FIELDS, PAGE, PAGE_FIELDS } from './answers.ts'
import { announce, BACKLOG, role } from './program.ts'

const app = fastify()
app.get('/', (_request, reply) => {
  void reply.headers(HELLO_FIELDS).send(HELLO)
})
app.get('/shop/lamps', (request, reply) => {
  const isRight = role === 'page' || request.headers.cookie !== undefined
  void reply.headers(PAGE_FIELDS).send(isRight ? PAGE : '')
})
app.post('/orders', (request, reply) => {
  void reply.send(confirm(request.body as Order))
})
await app.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG })
announce((app.server.address() as AddressInfo).port)
