/** What wrk sends, octet for octet; `Trial` names it, and what the servers answer. */
export type Trial = 'hello' | 'page' | 'json'

/** 40 octets: about the least that a request can be. */
const HELLO = 'GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n'

/** What a browser sends for a page: 15 fields, 650 octets. */
const PAGE = `GET /shop/lamps?sort=price&page=2 HTTP/1.1
Host: localhost:8080
Connection: keep-alive
Cache-Control: max-age=0
sec-ch-ua: "Chromium";v="138", "Not)A;Brand";v="8"
sec-ch-ua-mobile: ?0
sec-ch-ua-platform: "Linux"
Upgrade-Insecure-Requests: 1
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36
Accept: text/html,application/xhtml+xml,*/*;q=0.8
Sec-Fetch-Site: same-origin
Sec-Fetch-Mode: navigate
Sec-Fetch-Dest: document
Accept-Encoding: gzip, deflate, br
Accept-Language: en-GB,en;q=0.9
Cookie: session=5d41402abc4b2a76b9719d911017c592; theme=dark; basket=3f2a9c1e80d7

`.replaceAll('\n', '\r\n')

/** An order, as a client of an API sends one. */
export interface Order {
  readonly customer: string
  readonly items: readonly { readonly name: string; readonly price: number; readonly count: number }[]
  readonly note: string
}

const ORDER: Order = {
  customer: 'c-10442',
  items: Array.from({ length: 16 }, (_, i) => ({
    name: `lamp ${i + 10}`,
    price: 1_000 + i,
    count: (i % 3) + 1,
  })),
  note: '',
}

const JSON_OCTETS = 1_024

/** The answer has more to say about the items: its note is shorter by this. */
const NOTE_CUT = 238

/** 1,024 octets of JSON. */
const ORDER_TEXT = padded(ORDER)

const JSON_REQUEST = `POST /orders HTTP/1.1
Host: localhost:8080
Content-Type: application/json
Accept: application/json
Content-Length: ${ORDER_TEXT.length}

`.replaceAll('\n', '\r\n')

export const REQUESTS: Readonly<Record<Trial, Buffer>> = {
  hello: Buffer.from(HELLO, 'latin1'),
  page: Buffer.from(PAGE, 'latin1'),
  json: Buffer.from(JSON_REQUEST + ORDER_TEXT, 'latin1'),
}

/**
 * What is answered to an order: as text 1,024 octets, too. Each line names its members: spread, they took V8 on Node 20
 * as long as reading and writing all the JSON, and that time is everybody's and says nothing.
 */
export function confirm({ customer, items, note }: Order): object {
  const lines = items.map(({ name, price, count }) => ({ name, price, count, amount: price * count }))
  return {
    customer,
    lines,
    total: lines.reduce((sum, { amount }) => sum + amount, 0),
    note: note.slice(NOTE_CUT),
  }
}

function padded(order: Order): string {
  return JSON.stringify({ ...order, note: 'x'.repeat(JSON_OCTETS - JSON.stringify(order).length) })
}
