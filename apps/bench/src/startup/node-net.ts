import { createServer, type AddressInfo } from 'node:net'

const server = createServer((socket) => socket.end())
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
