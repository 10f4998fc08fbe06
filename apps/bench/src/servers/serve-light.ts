import { serve } from '@millrace/server'
import { fetchHandler, type ResponseClass } from './fetch-handlers.ts'
import { lightResponse } from './light-response.ts'
import { announce, BACKLOG, role } from './program.ts'

const handler = fetchHandler(role, lightResponse as ResponseClass)
const server = await serve(handler, { port: 0, host: '127.0.0.1', backlog: BACKLOG })
announce(server.port as number)
