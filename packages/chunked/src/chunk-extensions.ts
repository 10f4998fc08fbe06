/** One extension in the text of a chunk line that the grammar has let through already. */
const EXTENSION = /;[ \t]*([^ \t\r;=]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^ \t\r;]+)))?/g

/** The extensions of a complete and valid chunk line, in order, given the line as text, with or without its CRLF. */
export function* chunkExtensions(
  line: string,
): Generator<[name: string, value: string | undefined], undefined> {
  for (const [, name, quoted, token] of line.matchAll(EXTENSION)) {
    yield [name!, quoted === undefined ? token : quoted.replace(/\\(.)/g, '$1')]
  }
}
