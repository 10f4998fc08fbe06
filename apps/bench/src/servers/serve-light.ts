import { LightResponse, serve } from '@millrace/server'
import { fetchHandler } from './fetch-handlers.ts'
import { announce, BACKLOG, role } from './program.ts'

const handler = fetchHandler(role, LightResponse)
const server = await serve(handler, { port: 0, host: '127.0.0.1', backlog: BACKLOG })
announce(server.port as number)
