import { TOKEN_CHARS } from './field-name.ts'
import { FIELD_VALUE_CHARS } from './field-value.ts'
import { Headers } from './headers.ts'
import { decodeLatin1 } from './latin1.ts'

const HTAB = 0x09
const SPACE = 0x20
const COLON = 0x3a

// Copies, so that loops over octets read a constant of this module and not a binding of another one.
const NAME_CHARS = TOKEN_CHARS
const VALUE_CHARS = FIELD_VALUE_CHARS

/** Numbers kept for each field: where its name begins and ends, where its value begins and ends. */
const PER_FIELD = 4

/**
 * Where the fields of a head stand in its bytes: a field section scanned once, of which nothing becomes a string before
 * it is asked for.
 *
 * All positions are relative to the first octet of the head (`base`), because the array that holds an unfinished head
 * may be replaced by a larger one. The same bytes are handed to every method.
 *
 * @public
 */
export class FieldSection {
  readonly #positions: number[] = []

  /** Field lines so far. */
  get count(): number {
    return this.#positions.length / PER_FIELD
  }

  /**
   * Scans one field line, and remembers where its name and its value are.
   *
   * @param base - the first octet of the head
   * @param start - the first octet of the line
   * @param end - where the bytes end
   * @returns the position of the first octet behind `start` that cannot belong to the line (the CR of a good one), or
   * `end`; -1 when the name or its colon is wrong, or the bytes ended inside the name: nothing is remembered then
   * @see RFC 9112 §5
   */
  scan(bytes: Uint8Array, base: number, start: number, end: number): number {
    let position = start
    while (position < end && NAME_CHARS[bytes[position] as number] === 1) position += 1
    if (position === start || position === end || bytes[position] !== COLON) return -1
    const nameEnd = position
    position += 1
    while (position < end && isBlank(bytes[position] as number)) position += 1
    const valueStart = position
    while (position < end && VALUE_CHARS[bytes[position] as number] === 1) position += 1
    let valueEnd = position
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1] as number)) valueEnd -= 1
    this.#positions.push(start - base, nameEnd - base, valueStart - base, valueEnd - base)
    return position
  }

  /** Forgets the field that was scanned last: its line turned out to be incomplete or bad. */
  dropLast(): void {
    this.#positions.length -= PER_FIELD
  }

  /** Forgets all fields. */
  clear(): void {
    this.#positions.length = 0
  }

  /** How long the name of field `at` is, 0 for the first field. */
  nameLength(at: number): number {
    const positions = this.#positions
    return (positions[at * PER_FIELD + 1] as number) - (positions[at * PER_FIELD] as number)
  }

  /** Whether field `at` has this name, in any case. `name` is in lower case and as long as {@link FieldSection.nameLength}. */
  isNamed(bytes: Uint8Array, base: number, at: number, name: string): boolean {
    const start = base + (this.#positions[at * PER_FIELD] as number)
    for (let i = 0; i < name.length; i += 1) {
      // 0x20 makes capitals small and leaves `-` and digits alone; what else it changes is in no name we look for.
      if (((bytes[start + i] as number) | 0x20) !== name.charCodeAt(i)) return false
    }
    return true
  }

  /**
   * The value of field `at`.
   *
   * @param likely - a text that the value probably is: when it is, this very text is returned and none is made
   */
  value(bytes: Uint8Array, base: number, at: number, likely: string = ''): string {
    const positions = this.#positions
    const start = base + (positions[at * PER_FIELD + 2] as number)
    const end = base + (positions[at * PER_FIELD + 3] as number)
    return isText(bytes, start, end, likely) ? likely : decodeLatin1(bytes, start, end)
  }

  /** All fields. One call decodes the whole section; names and values are slices of that string. */
  decode(bytes: Uint8Array, base: number): Headers {
    const positions = this.#positions
    if (positions.length === 0) return new Headers()
    const first = positions[0] as number
    const text = decodeLatin1(bytes, base + first, base + (positions[positions.length - 1] as number))
    const names: string[] = []
    const values: string[] = []
    for (let i = 0; i < positions.length; i += PER_FIELD) {
      names.push(text.slice((positions[i] as number) - first, (positions[i + 1] as number) - first))
      values.push(text.slice((positions[i + 2] as number) - first, (positions[i + 3] as number) - first))
    }
    return Headers.fromParsed(names, values)
  }
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === HTAB
}

function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (text.length !== end - start) return false
  for (let i = 0; i < text.length; i += 1) if (bytes[start + i] !== text.charCodeAt(i)) return false
  return true
}
