import { confirm, type Order } from '../wire.ts'
import { HELLO, HELLO_FIELDS, PAGE, PAGE_FIELDS } from './answers.ts'
import type { Role } from './program.ts'

/** The part of `Response` that a light one must have, too. */
export interface ResponseClass {
  new (body: string, init: { headers: Readonly<Record<string, string>> }): Response
}

type Handler = (request: Request) => Response | Promise<Response>

/** Handlers in the style of Fetch, answering with the given kind of response. */
export function fetchHandler(role: Role, Reply: ResponseClass): Handler {
  const hello = { headers: HELLO_FIELDS }
  const page = { headers: PAGE_FIELDS }
  const json = { headers: { 'Content-Type': 'application/json' } }
  switch (role) {
    case 'hello':
      return () => new Reply(HELLO, hello)
    case 'page':
      return () => new Reply(PAGE, page)
    case 'page-read':
      return (request) => new Reply(request.headers.get('cookie') === null ? '' : PAGE, page)
    case 'json':
      return async (request) => {
        const order = (await request.json()) as Order
        return new Reply(JSON.stringify(confirm(order)), json)
      }
    default:
      throw new TypeError(`no handler for ${role}`)
  }
}
