import { serve } from '@millrace/server'

const server = await serve(() => new Response('hello\n'))
process.stdout.write(`${server.port}\n`)
