/** What a whole connection is about: what one request does seldom, many in a row do here. */
export interface Theme {
  readonly name: string
  readonly weight: number
  /** The name of the only kind of request. */
  readonly request?: string
  /** How many requests there are at most. */
  readonly requests?: number
  /** How much content a request has at most, in octets. */
  readonly contentBytes?: number
  /** What handlers do with content, and how they answer, by name. */
  readonly input?: string
  readonly output?: string
  /** The most octets of a piece that a handler writes. */
  readonly pieceBytes?: number
  /** How many of the heads break a rule that leniency may forgive: a share of 0 to 1. */
  readonly laxity?: number
  /** How long the client takes nothing, from the beginning. */
  readonly takesFromMs?: number
}

/** Most connections are about everything. A new theme is one more row. */
export const THEMES: readonly Theme[] = [
  { name: 'everything', weight: 60 },
  {
    name: 'many small answers',
    weight: 4,
    request: 'GET',
    requests: 60,
    output: 'answers at once',
    pieceBytes: 30,
  },
  {
    name: 'many large answers',
    weight: 3,
    request: 'GET',
    requests: 20,
    output: 'answers at once',
    pieceBytes: 80_000,
  },
  {
    name: 'many answers for nobody',
    weight: 3,
    request: 'GET',
    requests: 20,
    output: 'answers at once',
    pieceBytes: 80_000,
    takesFromMs: 60_000,
  },
  { name: 'pulled by nobody', weight: 3, output: 'is pulled', pieceBytes: 60_000, takesFromMs: 60_000 },
  { name: 'pushed to nobody', weight: 2, output: 'floods', requests: 2, takesFromMs: 60_000 },
  { name: 'uploads', weight: 4, request: 'POST', requests: 3, contentBytes: 300_000, input: 'reads slowly' },
  { name: 'uploads in chunks', weight: 4, request: 'POST in chunks', requests: 3, contentBytes: 150_000 },
  { name: 'uploads for nobody', weight: 3, contentBytes: 150_000, requests: 4, input: 'reads nothing' },
  {
    name: 'uploads that are left',
    weight: 3,
    request: 'POST',
    requests: 4,
    contentBytes: 300_000,
    input: 'reads and leaves',
    output: 'answers at once',
  },
  {
    name: 'uploads that pause',
    weight: 4,
    request: 'POST',
    contentBytes: 50_000,
    requests: 6,
    input: 'pauses for ever',
    output: 'answers at once',
  },
  { name: 'expectations', weight: 4, request: 'POST that expects', requests: 8 },
  { name: 'long polls', weight: 3, request: 'GET', output: 'is woken' },
  { name: 'lax heads', weight: 7, laxity: 0.7 },
  { name: 'lax uploads', weight: 4, laxity: 0.8, request: 'POST in chunks', requests: 4 },
  { name: 'tunnels', weight: 3, request: 'CONNECT', requests: 3 },
]
