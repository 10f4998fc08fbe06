import { serve } from '@millrace/server'
import { announce, BODY, CONTENT_TYPE } from './hello.ts'

const headers = { 'Content-Type': CONTENT_TYPE }
const server = await serve(() => new Response(BODY, { headers }), { port: 0, host: '127.0.0.1' })
announce(server.port as number)
