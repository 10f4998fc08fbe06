import { serve } from 'srvx/node'
import { fetchHandler } from './fetch-handlers.ts'
import { announce, role } from './program.ts'

const server = serve({ fetch: fetchHandler(role, Response), port: 0, hostname: '127.0.0.1', silent: true })
await server.ready()
announce(Number(new URL(server.url as string).port))
