import type { ChunkedErrorCode } from './errors.ts'
import { FIELD_VALUE_CHARS, TOKEN_CHARS } from '@millrace/headers'

/*
 * The grammar of chunked framing (RFC 9112 §7.1) as one table: state × class of the next octet → next state.
 * Chunk data is not in it: that is counted, not read.
 */

// Plain numbers, not an object: they are compared for each octet of framing.
export const IMPOSSIBLE = 0
export const SIZE_START = 1 // the first digit of a chunk size
export const SIZE = 2
export const SIZE_SPACE = 3 // whitespace after the size: an extension must follow
export const EXTENSION_START = 4 // after `;`
export const EXTENSION_NAME = 5
export const NAME_SPACE = 6 // whitespace after an extension's name: `=` or `;` must follow
export const VALUE_START = 7 // after `=`
export const VALUE_TOKEN = 8
export const VALUE_QUOTED = 9
export const VALUE_ESCAPE = 10 // after `\` in a quoted value
export const VALUE_END = 11 // after the closing quote
export const VALUE_SPACE = 12 // whitespace after a value: `;` must follow
export const CHUNK_LINE_LF = 13
export const DATA = 14 // a chunk line is complete
export const DATA_CR = 15
export const DATA_LF = 16
export const TRAILER_START = 17 // a trailer line, or the CR of the last line
export const TRAILER_NAME = 18
export const TRAILER_VALUE = 19
export const TRAILER_LF = 20
export const LAST_LF = 21
export const FINISHED = 22

// Classes of octets. 0 are the control characters: never allowed.
const HEX = 1
const TOKEN = 2 // what is allowed in a token and not a hexadecimal digit
const BLANK = 3 // SP, HTAB
const SEMICOLON = 4
const EQUALS = 5
const QUOTE = 6
const BACKSLASH = 7
const COLON = 8
const CR = 9
const LF = 10
const TEXT = 11 // all else that a field value may hold

const TOKENS = [HEX, TOKEN]
const VISIBLE = [HEX, TOKEN, BLANK, SEMICOLON, EQUALS, COLON, TEXT]
const ALL_TEXT = [...VISIBLE, QUOTE, BACKSLASH]

/** The legal moves: from each state, which classes of octets lead where. All others are errors. */
const TRANSITIONS: readonly (readonly [from: number, classes: readonly number[], to: number])[] = [
  [SIZE_START, [HEX], SIZE],
  [SIZE, [HEX], SIZE],
  [SIZE, [BLANK], SIZE_SPACE],
  [SIZE, [SEMICOLON], EXTENSION_START],
  [SIZE, [CR], CHUNK_LINE_LF],
  [SIZE_SPACE, [BLANK], SIZE_SPACE],
  [SIZE_SPACE, [SEMICOLON], EXTENSION_START],

  [EXTENSION_START, [BLANK], EXTENSION_START],
  [EXTENSION_START, TOKENS, EXTENSION_NAME],
  [EXTENSION_NAME, TOKENS, EXTENSION_NAME],
  [EXTENSION_NAME, [BLANK], NAME_SPACE],
  [EXTENSION_NAME, [EQUALS], VALUE_START],
  [EXTENSION_NAME, [SEMICOLON], EXTENSION_START],
  [EXTENSION_NAME, [CR], CHUNK_LINE_LF],
  [NAME_SPACE, [BLANK], NAME_SPACE],
  [NAME_SPACE, [EQUALS], VALUE_START],
  [NAME_SPACE, [SEMICOLON], EXTENSION_START],

  [VALUE_START, [BLANK], VALUE_START],
  [VALUE_START, TOKENS, VALUE_TOKEN],
  [VALUE_START, [QUOTE], VALUE_QUOTED],
  [VALUE_TOKEN, TOKENS, VALUE_TOKEN],
  [VALUE_TOKEN, [BLANK], VALUE_SPACE],
  [VALUE_TOKEN, [SEMICOLON], EXTENSION_START],
  [VALUE_TOKEN, [CR], CHUNK_LINE_LF],
  [VALUE_QUOTED, VISIBLE, VALUE_QUOTED],
  [VALUE_QUOTED, [BACKSLASH], VALUE_ESCAPE],
  [VALUE_QUOTED, [QUOTE], VALUE_END],
  [VALUE_ESCAPE, ALL_TEXT, VALUE_QUOTED],
  [VALUE_END, [BLANK], VALUE_SPACE],
  [VALUE_END, [SEMICOLON], EXTENSION_START],
  [VALUE_END, [CR], CHUNK_LINE_LF],
  [VALUE_SPACE, [BLANK], VALUE_SPACE],
  [VALUE_SPACE, [SEMICOLON], EXTENSION_START],

  [CHUNK_LINE_LF, [LF], DATA], // the decoder takes TRAILER_START instead after the last chunk
  [DATA_CR, [CR], DATA_LF],
  [DATA_LF, [LF], SIZE_START],

  [TRAILER_START, [CR], LAST_LF],
  [TRAILER_START, TOKENS, TRAILER_NAME],
  [TRAILER_NAME, TOKENS, TRAILER_NAME],
  [TRAILER_NAME, [COLON], TRAILER_VALUE],
  [TRAILER_VALUE, ALL_TEXT, TRAILER_VALUE],
  [TRAILER_VALUE, [CR], TRAILER_LF],
  [TRAILER_LF, [LF], TRAILER_START],
  [LAST_LF, [LF], FINISHED],
]

const LINE_FEED = 0x0a

const OCTET_CLASS: Uint8Array = classTable()
const NEXT_STATE: Uint8Array = stateTable()

/** The state after `octet`, {@link IMPOSSIBLE} when it may not come. */
export function nextState(state: number, octet: number): number {
  return NEXT_STATE[(state << 4) | OCTET_CLASS[octet]!]!
}

/** The value of a hexadecimal digit, given its octet. */
export function digitValue(octet: number): number {
  // 0x30–0x39 are the digits; the letters have 1–6 in their lower half in either case.
  return octet <= 0x39 ? octet - 0x30 : (octet & 0x0f) + 9
}

/** Why `octet` may not come in a chunk line. */
export function chunkLineError(state: number, octet: number): ChunkedErrorCode {
  if (octet === LINE_FEED) return 'ERR_CHUNK_BARE_LF'
  if (state === CHUNK_LINE_LF) return 'ERR_CHUNK_BARE_CR'
  return state <= SIZE_SPACE ? 'ERR_CHUNK_SIZE' : 'ERR_CHUNK_EXTENSION'
}

function classTable(): Uint8Array {
  const table = new Uint8Array(256)
  for (let octet = 0; octet < 256; octet += 1) {
    if (TOKEN_CHARS[octet] === 1) table[octet] = TOKEN
    else if (FIELD_VALUE_CHARS[octet] === 1) table[octet] = TEXT
  }
  for (const digit of '0123456789abcdefABCDEF') table[digit.charCodeAt(0)] = HEX
  const singles: readonly [string, number][] = [
    [' ', BLANK],
    ['\t', BLANK],
    [';', SEMICOLON],
    ['=', EQUALS],
    ['"', QUOTE],
    ['\\', BACKSLASH],
    [':', COLON],
    ['\r', CR],
    ['\n', LF],
  ]
  for (const [character, octetClass] of singles) table[character.charCodeAt(0)] = octetClass
  return table
}

function stateTable(): Uint8Array {
  const table = new Uint8Array((FINISHED + 1) << 4)
  for (const [from, classes, to] of TRANSITIONS) {
    for (const octetClass of classes) table[(from << 4) | octetClass] = to
  }
  return table
}
