import { serve } from '@hono/node-server'
import { fetchHandler } from './fetch-handlers.ts'
import { announce, role } from './program.ts'

// It puts a light class of its own in the place of the global one: looked up when it is there.
const server = serve({ fetch: (request) => handler(request), port: 0, hostname: '127.0.0.1' }, ({ port }) =>
  announce(port),
)
const handler = fetchHandler(role, globalThis.Response)
void server
