import type { Field } from './oracle/grammar.ts'

/*
 * What happens to a message, as text: what a parser does and what an oracle expects are compared by it.
 */

/** A head arrived: its first line in parts, and its fields. */
export function headEvent(firstLine: string, fields: Iterable<Field>): string {
  let text = `${firstLine}\n`
  for (const [name, value] of fields) text += `  ${name}: ${value}\n`
  return text
}

/** The content of a message is complete. */
export function doneEvent(content: string, trailers: Iterable<Field>): string {
  let text = `  = ${content}\n`
  for (const [name, value] of trailers) text += `  + ${name}: ${value}\n`
  return text
}
