import { checkLine, checkName, checkValue, wireLine } from './checked-field.ts'
import { FieldIndex, SCANNED_LINES } from './field-index.ts'
import { findLine, removeLines, replaceLines } from './field-lines.ts'
import { isListMember, splitFieldList } from './field-list.ts'
import { isSameName } from './field-name.ts'
import { groupByName, isSameGrouping } from './grouping.ts'
import { initialLines } from './headers-init.ts'
import type { HeadersInit } from './headers-init.ts'

/** What every empty list holds, so that an unused `Headers` costs one object. Never written to. */
const NO_LINES: string[] = []

/**
 * The field lines of one message or trailer section, in the order and spelling of the sender.
 *
 * Names are found in any case. What is put in is checked, so that nothing in here can break out of its line on the
 * wire; what is handed out is a copy, so that nobody gets around the check.
 *
 * In a list of up to 64 lines a lookup compares the name with each line, the lengths first: faster than any index for
 * what real messages hold, and free before the first lookup. Longer lists are indexed by their first lookup, so that
 * nobody can make lookups expensive by sending many lines. To drop many names from a list use
 * {@link Headers.filter}, which is one pass.
 *
 * @public
 */
export class Headers implements Iterable<[name: string, value: string]> {
  #names: string[] = NO_LINES
  #values: string[] = NO_LINES
  /** A bit for the length of each name that was put in (modulo 32), all bits for lines that came parsed. */
  #nameLengths = 0
  // Built by a lookup in a long list, dropped when lines move.
  #index: FieldIndex | undefined = undefined

  /**
   * @param init - the first field lines; none when left out
   * @throws {@link HeaderError} as {@link Headers.append}
   */
  constructor(init?: HeadersInit) {
    if (init === undefined) return
    for (const [name, value] of initialLines(init)) this.append(name, value)
  }

  /**
   * A list over the given lines, without checking them: for parsers that did. The arrays belong to it from now on.
   *
   * @param names - field names, as sent
   * @param values - their values, at the same indexes
   */
  static fromParsed(names: string[], values: string[]): Headers {
    const headers = new Headers()
    headers.#names = names
    headers.#values = values
    headers.#nameLengths = -1
    return headers
  }

  /**
   * The fields of a Fetch API `Headers`, or of anything else that iterates over pairs.
   *
   * @throws {@link HeaderError} as {@link Headers.append}
   */
  static fromFetch(headers: Iterable<readonly [name: string, value: string]>): Headers {
    return new Headers(headers)
  }

  /** The pairs a Fetch API `Headers` is made of: one for each line, so that it does its own joining. */
  toFetch(): [name: string, value: string][] {
    return [...this.entries()]
  }

  /** Number of field lines. */
  get size(): number {
    return this.#names.length
  }

  /** Whether there is a line of this name. */
  hasHeader(name: string): boolean {
    return this.#first(name) !== -1
  }

  /**
   * The values of all lines of this name, in order, as a new array; the fallback when there is none.
   *
   * @param name - in any case
   * @param fallback - what to return when there is no such line; `undefined` when left out
   */
  getRawHeaders(name: string): string[] | undefined
  getRawHeaders<Fallback>(name: string, fallback: Fallback): string[] | Fallback
  getRawHeaders(name: string, fallback?: unknown): unknown {
    const first = this.#first(name)
    return first === -1 ? fallback : this.#valuesFrom(first, name)
  }

  /**
   * Makes `values` the only lines of this name. They take the place of its first line, or the end of the list when
   * there was none; no values, no line.
   *
   * @param name - a token, sent as spelled here
   * @param values - one value for each line; whitespace around a value is dropped
   * @throws {@link HeaderError} as {@link Headers.append}; nothing is changed then
   * @throws `TypeError` when `values` is no array: a string would become one line for each character
   */
  setRawHeaders(name: string, values: readonly string[]): void {
    if (!Array.isArray(values)) throw new TypeError('the values of a field are an array of strings')
    checkName(name)
    const checked = (values as readonly string[]).map((value) => checkValue(name, value))
    const first = this.#first(name)
    if (first === -1) {
      for (const value of checked) this.#push(name, value)
    } else {
      this.#index = undefined
      replaceLines(this.#names, this.#values, first, name, checked)
    }
  }

  /** The same as {@link Headers.append}. */
  addRawHeader(name: string, value: string): void {
    this.append(name, value)
  }

  /** Removes every line of this name; nothing happens when there is none. */
  removeHeader(name: string): void {
    const first = this.#first(name)
    if (first !== -1) this.#removeFrom(first, name)
  }

  /** Each name once, spelled and placed as its first line, with the values of all its lines. */
  getAllRawHeaders(): IterableIterator<[name: string, values: string[]]> {
    return groupByName(this).values()
  }

  /** An independent list of the same lines. */
  copy(): Headers {
    return Headers.fromParsed(this.#names.slice(), this.#values.slice())
  }

  /** A new list of the lines that `keep` returns true for, in order: one pass, whatever is dropped. */
  filter(keep: (name: string, value: string) => boolean): Headers {
    const kept = new Headers()
    for (let index = 0; index < this.#names.length; index += 1) {
      const name = this.#names[index]!
      const value = this.#values[index]!
      if (keep(name, value)) kept.#push(name, value)
    }
    return kept
  }

  /**
   * Whether both hold the same names, in whatever case, with the same values in the same order. The order of
   * different names does not count: it means nothing in HTTP (RFC 9110 §5.3).
   */
  equals(other: Headers): boolean {
    return isSameGrouping(groupByName(this), groupByName(other))
  }

  /** The same as {@link Headers.hasHeader}. */
  has(name: string): boolean {
    return this.hasHeader(name)
  }

  /**
   * The value of this field: its lines joined with `, `, `undefined` when there is none.
   *
   * Set-Cookie is not a list and is never joined: this returns its first line, {@link Headers.getAll} all of them.
   *
   * @see RFC 9110 §5.2 and §5.3
   */
  get(name: string): string | undefined {
    const first = this.#first(name)
    if (first === -1) return undefined
    if (this.#after(first, name) === -1 || isSameName(name, 'set-cookie')) return this.#values[first]
    return this.#valuesFrom(first, name).join(', ')
  }

  /** The values of all lines of this name, in order, as a new array; empty when there is none. */
  getAll(name: string): string[] {
    const first = this.#first(name)
    return first === -1 ? [] : this.#valuesFrom(first, name)
  }

  /** Makes `value` the only line of this name: {@link Headers.setRawHeaders} with one value. */
  set(name: string, value: string): void {
    const checked = checkLine(name, value)
    const first = this.#first(name)
    if (first === -1) {
      this.#push(name, checked)
      return
    }
    this.#names[first] = name
    this.#values[first] = checked
    const second = this.#after(first, name)
    if (second !== -1) this.#removeFrom(second, name)
  }

  /**
   * Adds a line at the end, whether or not there are others of this name.
   *
   * @param name - a token, sent as spelled here
   * @param value - the value; whitespace around it is dropped
   * @throws {@link HeaderError} `ERR_HEADER_NAME` when the name is not a token, `ERR_HEADER_VALUE` when the value
   * holds CR, LF, NUL, another control character but HTAB, or a character above U+00FF
   */
  append(name: string, value: string): void {
    this.#push(name, checkLine(name, value))
  }

  /** The same as {@link Headers.removeHeader}. */
  delete(name: string): void {
    this.removeHeader(name)
  }

  /**
   * The members of a comma list, over all lines of this name, in lower case, as for Connection and Trailer. Empty
   * members are skipped; a member with parameters comes with them.
   *
   * @see RFC 9110 §5.6.1
   */
  tokens(name: string): string[] {
    return this.getAll(name).flatMap((value) => splitFieldList(value.toLowerCase()))
  }

  /**
   * Whether a member of the comma lists of this name is `token`, in whatever case. Cheaper than a search in
   * {@link Headers.tokens}.
   */
  hasToken(name: string, token: string): boolean {
    for (let index = this.#first(name); index !== -1; index = this.#after(index, name)) {
      if (isListMember(this.#values[index]!, token)) return true
    }
    return false
  }

  /** The lines, in order. Lines that are added meanwhile are visited too. */
  *entries(): Generator<[name: string, value: string], undefined> {
    for (let index = 0; index < this.#names.length; index += 1)
      yield [this.#names[index]!, this.#values[index]!]
  }

  /** Each name once, spelled and placed as its first line. */
  *names(): Generator<string, undefined> {
    for (const [name] of groupByName(this).values()) yield name
  }

  [Symbol.iterator](): Generator<[name: string, value: string], undefined> {
    return this.entries()
  }

  /** The lines as they go on the wire, each with its CRLF; empty when there are none. */
  toWire(): string {
    let wire = ''
    for (let index = 0; index < this.#names.length; index += 1)
      wire += wireLine(this.#names[index]!, this.#values[index]!)
    return wire
  }

  /** The lines in one line, for people; values may be secrets. */
  toString(): string {
    return `Headers { ${[...this.entries()].map(([name, value]) => `${name}: ${value}`).join(' | ')} }`
  }

  /** Index of the first line of this name, -1 when there is none. */
  #first(name: string): number {
    // Most lookups are for fields that are not there, and of another length than those that are.
    if ((this.#nameLengths & (1 << (name.length & 31))) === 0) return -1
    if (this.#names.length <= SCANNED_LINES) return findLine(this.#names, name, 0)
    this.#index ??= new FieldIndex(this.#names)
    return this.#index.first(name)
  }

  /** Index of the next line of this name after the one at `index`, -1 when that is the last. */
  #after(index: number, name: string): number {
    return this.#index === undefined ? findLine(this.#names, name, index + 1) : this.#index.after(index)
  }

  #valuesFrom(first: number, name: string): string[] {
    const values: string[] = []
    for (let index = first; index !== -1; index = this.#after(index, name)) values.push(this.#values[index]!)
    return values
  }

  #push(name: string, value: string): void {
    this.#nameLengths |= 1 << (name.length & 31)
    if (this.#names === NO_LINES) {
      // Literals, which are as long as they need to be: a list of one or two lines is the usual one.
      this.#names = [name]
      this.#values = [value]
      return
    }
    this.#names.push(name)
    this.#values.push(value)
    this.#index?.add(name)
  }

  /** Removes the lines of this name, the first of them at `first`. */
  #removeFrom(first: number, name: string): void {
    this.#index = undefined
    removeLines(this.#names, this.#values, first, name)
  }
}
