import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { readExample } from '../readme-example.mjs'

const root = resolve(import.meta.dirname, '../..')

/** Where what an example imports resolves, if not in its own package: transport is only types, below everything. */
const HOMES: Readonly<Record<string, string>> = { transport: 'testing' }

/** The READMEs, each with a file for its example, or for that of one of its sections. */
const readmes = [
  { readme: 'README.md', source: 'packages/server/temp/root-readme/example.ts' },
  { readme: 'packages/testing/README.md#Simulation', source: 'packages/testing/temp/simulation/example.ts' },
  ...readdirSync(join(root, 'packages')).map((name) => ({
    readme: `packages/${name}/README.md`,
    source: `packages/${HOMES[name] ?? name}/temp/${name}-readme/example.ts`,
  })),
].map(({ readme, source }) => ({ readme, source: join(root, source), example: exampleIn(readme) }))

function exampleIn(readme: string): ReturnType<typeof readExample> {
  const [name = '', section = ''] = readme.split('#')
  const file = join(root, name)
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return readExample(section === '' ? text : (text.split(`\n## ${section}\n`)[1] ?? ''))
}

/** One program for all examples, with the strict settings of the repository: the packages are read once. */
function compile(sources: string[]): ts.Program {
  const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(base.config, ts.sys, root)
  return ts.createProgram(sources, {
    ...options,
    composite: false,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noEmit: true,
    types: ['node'],
  })
}

/** Runs an example as a user would: with plain Node, on the built packages. */
async function run(source: string): Promise<string> {
  const { outputText } = ts.transpileModule(readFileSync(source, 'utf8'), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
    },
  })
  const script = source.replace(/\.ts$/, '.mjs')
  writeFileSync(script, outputText)
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 20_000 })
  return stdout
}

const written = readmes.filter(({ example }) => example !== undefined)

describe('the examples of the READMEs', () => {
  let program: ts.Program

  beforeAll(() => {
    for (const { source, example } of written) {
      mkdirSync(dirname(source), { recursive: true })
      writeFileSync(source, example?.code ?? '')
    }
    program = compile(written.map(({ source }) => source))
  }, 60_000)

  it.each(readmes)('$readme has a ts block with a text block right behind it', ({ example }) => {
    expect(example).toBeDefined()
  })

  it.each(written)('$readme: the example type-checks', { timeout: 60_000 }, ({ source }) => {
    const diagnostics = ts.getPreEmitDiagnostics(program, program.getSourceFile(source))
    expect(diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual(
      [],
    )
  })

  it.each(written)('$readme: the example prints what it promises', { timeout: 30_000 }, async (readme) => {
    const printed = await run(readme.source)
    expect(printed.trimEnd()).toBe(readme.example?.output.trimEnd())
  })
})
