import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { announce, BODY, CONTENT_TYPE } from './hello.ts'

const server = createServer((_request, response) => {
  response.setHeader('Content-Type', CONTENT_TYPE)
  response.setHeader('Content-Length', BODY.length)
  response.end(BODY)
})
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port))
