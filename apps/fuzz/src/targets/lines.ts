import { LineReceiver } from '@millrace/line-receiver'
import type { Transport } from '@millrace/transport'
import { Chance } from '../chance.ts'
import { allCuts, randomCuts } from '../cuts.ts'
import { wireText } from '../escape.ts'
import { DELIMITERS, lines } from '../generate/lines.ts'
import { anyWire } from '../generate/wire.ts'
import { assertSame, assertThat, type FuzzCase, type Outcome, type Target } from '../target.ts'

/** Lines, and how they end. */
export interface LinesCase extends FuzzCase {
  readonly delimiter: string
  readonly maxLength: number
  readonly cutSeed: number
}

/**
 * What a line asks for: `r3` three raw octets, `p` a pause, `d1` another delimiter, `m5` another limit, `e…` that the
 * rest of this line, as a line, is put in front of what follows. All others are just lines.
 */
const COMMAND = /^(?:([rdm])([0-9]{1,2})$|([pe]))/

/** No input can ask for more than this. */
const MOST_EVENTS = 5_000

/** The line receiver, in all its modes. */
export function linesTarget(): Target<LinesCase> {
  return { name: 'lines', generate, check }
}

function generate(chance: Chance): LinesCase {
  const delimiter = chance.pick(DELIMITERS)
  const maxLength = chance.of(0.5) ? 16_384 : chance.below(24)
  const make = (own: Chance, wildness: number): string => lines(own, delimiter, wildness)
  return {
    wire: anyWire(chance, { make, seeds: [] }),
    delimiter,
    maxLength,
    cutSeed: chance.below(1_000_000),
  }
}

/** A protocol in that small language. */
class Reader extends LineReceiver {
  log = ''
  events = 0
  #missing = 0

  override lineReceived(line: Uint8Array): void {
    const text = wireText(line)
    this.#note(`line ${text}`)
    const [, letter, digits, word] = COMMAND.exec(text) ?? []
    const count = Number(digits)
    if (letter === 'r') {
      this.#missing = count
      if (count > 0) this.setRawMode()
    } else if (letter === 'd') {
      this.delimiter = delimiterFor(count)
    } else if (letter === 'm') {
      this.MAX_LENGTH = count
    } else if (word === 'p') {
      this.paused = true
    } else if (word === 'e') {
      this.setLineMode(Buffer.concat([Buffer.from(line.subarray(1)), this.delimiter]))
    }
  }

  override rawDataReceived(bytes: Uint8Array): void {
    assertThat(bytes.length > 0, 'raw data of no octets')
    const own = bytes.subarray(0, this.#missing)
    this.#missing -= own.length
    for (const octet of own) this.#note(`raw ${octet}`)
    if (this.#missing === 0) this.setLineMode(bytes.subarray(own.length))
  }

  override lineLengthExceeded(line: Uint8Array): void {
    assertThat(line.length > this.MAX_LENGTH, 'a line that is not too long')
    this.#note('too long')
    super.lineLengthExceeded(line)
  }

  /** Goes on behind a pause. */
  resume(): void {
    this.paused = false
    this.dataReceived(new Uint8Array(0))
  }

  get held(): string {
    return wireText(this.clearLineBuffer())
  }

  #note(event: string): void {
    this.events += 1
    assertThat(this.events <= MOST_EVENTS, 'does not end')
    this.log += `${event}\n`
  }
}

function delimiterFor(count: number): string {
  return DELIMITERS[count % DELIMITERS.length] as string
}

/** What must be delivered, by the shortest description of it: text is cut off the front of a text. */
function model(wire: string, delimiter: string, maxLength: number): string {
  let log = ''
  let rest = wire
  let mark = delimiter
  let longest = maxLength
  for (;;) {
    const at = rest.indexOf(mark)
    if (at === -1 && rest.length < longest + mark.length) return `${log}\n${rest}`
    if (at === -1 || at > longest) return `${log}too long\n\n`
    const line = rest.slice(0, at)
    rest = rest.slice(at + mark.length)
    log += `line ${line}\n`
    const [, letter, digits, word] = COMMAND.exec(line) ?? []
    const count = Number(digits)
    if (letter === 'd') mark = delimiterFor(count)
    else if (letter === 'm') longest = count
    else if (word === 'e') rest = line.slice(1) + mark + rest
    else if (letter === 'r') {
      for (const octet of Buffer.from(rest.slice(0, count), 'latin1')) log += `raw ${octet}\n`
      if (rest.length < count) return `${log}\n`
      rest = rest.slice(count)
    }
  }
}

/** Feeds the pieces; a pause lasts until the next one or, by lot, longer. */
function read(input: LinesCase, pieces: Iterable<Uint8Array>, chance: Chance | null): string {
  const reader = new Reader({ delimiter: input.delimiter, maxLength: input.maxLength })
  const transport = { disconnecting: false, loseConnection: () => (transport.disconnecting = true) }
  reader.makeConnection(transport as unknown as Transport)
  for (const piece of pieces) {
    reader.dataReceived(piece)
    if (chance === null || chance.of(0.5)) while (reader.paused) reader.resume()
  }
  while (reader.paused) reader.resume()
  return `${reader.log}\n${reader.held}`
}

function check(input: LinesCase, isThorough: boolean): Outcome {
  const { wire, delimiter, maxLength, cutSeed } = input
  const expected = model(wireText(wire), delimiter, maxLength)
  assertSame('whole', read(input, [wire], null), expected)
  const chance = new Chance(cutSeed)
  assertSame('cut at random', read(input, randomCuts(chance, wire), chance), expected)
  if (isThorough)
    for (const cut of allCuts(wire)) assertSame(`cut in ${cut.length}`, read(input, cut, null), expected)
  return expected.endsWith('too long\n\n') ? 'rejected' : 'accepted'
}
