import type { Chance } from '../chance.ts'

const TOKEN_CHARS = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
const VALUE_CHARS = '\t !"#$%&\'()*+,-./0123456789:;<=>?@ABCXYZ[\\]^_`abcxyz{|}~\x80\xa0\xff'
const LEAST_OFTEN = '\x00\x01\x08\x0b\x0c\x0d\x0a\x1f\x7f'

/** 1 to `most` characters of a token. */
export function token(chance: Chance, most: number): string {
  return chance.repeat(chance.between(1, most), () => TOKEN_CHARS.charAt(chance.below(TOKEN_CHARS.length)))
}

/** What a field value may hold, blanks at the ends included. */
export function fieldText(chance: Chance, most: number): string {
  return chance.repeat(chance.between(0, most), () => VALUE_CHARS.charAt(chance.below(VALUE_CHARS.length)))
}

/** Any octets. */
export function octets(chance: Chance, most: number): string {
  return chance.repeat(chance.between(0, most), () => String.fromCharCode(chance.below(256)))
}

/** An octet that stands in no head, or a part of a line end. */
export function oddOctet(chance: Chance): string {
  return LEAST_OFTEN.charAt(chance.below(LEAST_OFTEN.length))
}

/** Blanks, as a sender may put them around values. */
export function blank(chance: Chance): string {
  return chance.pick(['', '', ' ', ' ', ' ', '\t', '  ', ' \t '])
}

/** The same letters, some of them in the other case. */
export function anyCase(chance: Chance, text: string): string {
  if (chance.of(0.6)) return text
  if (chance.of(0.5)) return text.toLowerCase()
  return [...text].map((char) => (chance.of(0.5) ? char.toUpperCase() : char.toLowerCase())).join('')
}
