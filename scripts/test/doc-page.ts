import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** A page of `docs/` with tables that cite tests as `[file] › title`, where `[file]` is a link defined at its end. */
export class DocPage {
  readonly text: string
  readonly #name: string

  /** @param name - of the file in `docs/` */
  constructor(name: string) {
    this.#name = name
    this.text = readFileSync(join(root, 'docs', name), 'utf8')
  }

  /** The cells of each row of the table below a heading, without its header. */
  rowsOf(heading: string): string[][] {
    const from = this.text.indexOf(`\n## ${heading}\n`)
    if (from === -1) throw new Error(`docs/${this.#name} has no heading ${heading}`)
    const to = this.text.indexOf('\n## ', from + 1)
    const lines = this.text.slice(from, to === -1 ? undefined : to).split('\n')
    return lines
      .filter((line) => line.startsWith('| '))
      .map(cellsOf)
      .slice(1)
  }

  /** Whether a citation names a file that has a test, or a group of tests, of that title. */
  isTest(citation: string): boolean {
    const [, reference, title] = /^\[([a-z/-]+)\] › (.+)$/.exec(citation) ?? []
    if (reference === undefined || title === undefined) return false
    const file = this.#linkedFile(reference)
    return existsSync(file) && hasTest(readFileSync(file, 'utf8'), title)
  }

  /** The file that a link reference of the page stands for. */
  #linkedFile(reference: string): string {
    const definition = this.text.split('\n').find((line) => line.startsWith(`[${reference}]: `))
    if (definition === undefined) throw new Error(`docs/${this.#name} does not say what [${reference}] links`)
    return resolve(root, 'docs', definition.slice(reference.length + 4))
  }

  /** The link references that the page defines: `[file`. */
  get definedLinks(): string[] {
    return [...this.text.matchAll(/^(\[[a-z/-]+)\]: /gm)].map(([, reference]) => reference as string)
  }

  /** The links of the page that lead out of `docs/` and nowhere. */
  get brokenLinks(): string[] {
    const links = [...this.text.matchAll(/\]\((\.\.[^)]+)\)/g)].map(([, path]) => path as string)
    return links.filter((path) => !existsSync(resolve(root, 'docs', path)))
  }
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

/** Whether the source of a test file has a test, or a group of tests, of that title. */
function hasTest(source: string, title: string): boolean {
  // `it.each(rows)(` may put its title on a line of its own.
  const lines = new Set(source.split('\n').map((line) => line.trim()))
  return ["'", '"', '`']
    .map((quote) => `${quote}${title}${quote},`)
    .some((quoted) => source.includes(`(${quoted}`) || lines.has(quoted))
}
