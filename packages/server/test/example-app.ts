import type { FetchHandler } from '../src/index.ts'

/** A hundred octets that tell where they stand. */
export const HUNDRED: string = Array.from({ length: 10 }, (_, index) => `${index}123456789`).join('')

const pages: Record<string, FetchHandler> = {
  '/hello': () => new Response('hello\n'),
  '/echo': (request) => new Response(request.body, { headers: { 'x-framing': framingOf(request) } }),
  '/refuse': () => new Response('too much\n', { status: 413 }),
  '/headers': (_, context) => Response.json([...context.request.requestHeaders]),
  '/range': (request) => answerRange(request.headers.get('range')),
  '/endless': () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000)) })),
  '/form': async (request) => Response.json([...(await request.formData())]),
}

/** What real clients ask. */
export const exampleApp: FetchHandler = (request, context) => {
  const page = pages[new URL(request.url).pathname]
  return page === undefined ? new Response('no such page\n', { status: 404 }) : page(request, context)
}

function framingOf(request: Request): string {
  return request.headers.has('transfer-encoding')
    ? 'chunked'
    : `length ${request.headers.get('content-length')}`
}

function answerRange(range: string | null): Response {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? []
  if (first === undefined || last === undefined) return new Response(HUNDRED)
  const headers = { 'content-range': `bytes ${first}-${last}/${HUNDRED.length}` }
  return new Response(HUNDRED.slice(Number(first), Number(last) + 1), { status: 206, headers })
}
