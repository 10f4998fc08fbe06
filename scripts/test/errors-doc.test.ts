import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const doc = readFileSync(join(root, 'docs/errors.md'), 'utf8')

/** In which phase of an exchange the errors of a class, or one of its codes, reach `onError` of a channel. */
const PHASES: Readonly<Record<string, string>> = {
  MessageError: 'head',
  FieldSyntaxError: 'head, content',
  ChunkedError: 'content',
  TruncatedBody: 'content',
  RemoteProtocolError: 'head',
  ERR_CONTENT_TOO_LARGE: 'head, content',
  ERR_CONTENT_TIMEOUT: 'content',
  ERR_CONTENT_TOO_SLOW: 'content',
  LocalProtocolError: 'response',
  HeaderError: 'response',
}

/** What all errors of this repository with a code have. */
interface CodedError {
  readonly name: string
  readonly code: string
  readonly statusHint: number
  readonly section: string
  readonly message: string
  readonly phase?: string
}

type Make = (code: string, detail: string) => CodedError
type ErrorsModule = Readonly<Record<string, unknown>>

interface PackageErrors {
  readonly name: string
  readonly source: string
  readonly module: ErrorsModule
}

const packages: PackageErrors[] = await Promise.all(
  readdirSync(join(root, 'packages'))
    .map((name) => ({ name, file: join(root, 'packages', name, 'src/errors.ts') }))
    .filter(({ file }) => existsSync(file))
    .map(async ({ name, file }) => ({
      name,
      source: readFileSync(file, 'utf8'),
      module: (await import(file)) as ErrorsModule,
    })),
)

/** The codes of a text, each once. */
function codesIn(text: string): string[] {
  return [...new Set(text.match(/\bERR_[A-Z0-9_]*[A-Z0-9]\b/g))].sort()
}

/** The errors that a package defines: one for each code of each union of codes, and for each class with one code. */
function errorsOf({ name, source, module }: PackageErrors): CodedError[] {
  const unions = [...source.matchAll(/export type (\w+) =\s*((?:\s*\|?\s*'ERR_\w+')+)/g)]
  const fixed = classesIn(source).filter((text) => /readonly code = 'ERR_\w+'/.test(text))
  return [
    ...unions.flatMap(([, union = '', codes = '']) => {
      const make = makerOf(source, module, union)
      if (make === undefined) throw new Error(`packages/${name}: no class has a code of type ${union}`)
      return codesIn(codes).map((code) => make(code, '…'))
    }),
    ...fixed.map((text) => new (module[nameOf(text)] as new () => CodedError)()),
  ]
}

/** How an error with a code of this union is made: by the class that names the union, but for the channel's remote ones. */
function makerOf(source: string, module: ErrorsModule, union: string): Make | undefined {
  if (union === 'RemoteErrorCode') return (code) => (module['remoteError'] as Make)(code, 'head')
  const text = classesIn(source).find((one) => one.includes(`readonly code: ${union}\n`))
  if (text === undefined) return undefined
  const Class = module[nameOf(text)] as new (code: string, detail: string) => CodedError
  return (code, detail) => new Class(code, detail)
}

/** The texts of the classes of a file. */
function classesIn(source: string): string[] {
  return source.split(/^(?=export class )/m).slice(1)
}

function nameOf(classText: string): string {
  return /^export class (\w+)/.exec(classText)?.[1] ?? ''
}

/** The row that stands on the page for an error. */
function rowOf(error: CodedError): string {
  const { name, code, statusHint, section, message } = error
  const isOfResponse = name === 'MessageError' && statusHint === 502
  const phase = isOfResponse ? '—' : (PHASES[code] ?? PHASES[name] ?? '—')
  return `| \`${code}\` | \`${name}\` | ${statusHint} | ${section} | ${phase} | ${message} |`
}

/** The rows of the table below the heading of a package. */
function rowsBelow(heading: string): string[] {
  const from = doc.indexOf(`\n## ${heading}\n`)
  if (from === -1) return []
  const to = doc.indexOf('\n## ', from + 1)
  return doc
    .slice(from, to === -1 ? undefined : to)
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.replace(/ +/g, ' '))
}

describe('docs/errors.md', () => {
  it.each(packages)('has a row for each error of $name, and no other', (of) => {
    expect(rowsBelow(of.name)).toEqual(errorsOf(of).map(rowOf))
  })

  it.each(packages)(
    '$name: every code belongs to an error that can be made, with all that an error has',
    (of) => {
      const errors = errorsOf(of)
      expect(codesIn(of.source)).toEqual([...new Set(errors.map(({ code }) => code))].sort())
      for (const error of errors) {
        expect(error).toBeInstanceOf(Error)
        expect(error.message).not.toBe('')
        expect(error.section).not.toBe('')
        expect(error.statusHint >= 400 && error.statusHint <= 599).toBe(true)
      }
    },
  )

  it('has a heading for no other package', () => {
    const headings = [...doc.matchAll(/^## ([a-z-]+)$/gm)].map(([, name]) => name)
    expect(headings.sort()).toEqual(packages.map(({ name }) => name).sort())
  })

  it('knows every code that any package uses', () => {
    const known = new Set(packages.flatMap(({ source }) => codesIn(source)))
    const used = readdirSync(join(root, 'packages')).flatMap((name) => {
      const folder = join(root, 'packages', name, 'src')
      if (!existsSync(folder)) return []
      return readdirSync(folder)
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => codesIn(readFileSync(join(folder, file), 'utf8')))
    })
    expect([...new Set(used)].filter((code) => !known.has(code))).toEqual([])
  })
})
