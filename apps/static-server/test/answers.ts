import { discardAnswer, type StaticAnswer } from '../src/answer.ts'
import { nodeFileSystem } from '../src/file-system.ts'
import { respond } from '../src/respond.ts'
import type { Site } from '../src/site.ts'
import { fieldsOf } from './fields.ts'

/** What came back for a request, by whichever way it went. */
export interface Answered {
  readonly status: number
  /** Lower-cased names; a name never occurs twice. */
  readonly fields: Readonly<Record<string, string>>
  readonly body: string
  /** What was reported on our side. */
  readonly error: unknown
}

/** An answer with its body read and its file closed. */
export interface ReadAnswer extends Answered {
  readonly answer: StaticAnswer
}

/** Sends one request to a site and reads the answer. */
export async function ask(site: Site, requestLine: string, ...fieldLines: string[]): Promise<ReadAnswer> {
  const space = requestLine.indexOf(' ')
  const [method, requestTarget] = [requestLine.slice(0, space), requestLine.slice(space + 1)]
  const answer = await respond({ method, requestTarget, requestHeaders: fieldsOf(...fieldLines) }, site)
  const fields: Record<string, string> = {}
  for (const [name, value] of answer.headers) {
    if (name.toLowerCase() in fields) throw new Error(`${name} occurs twice`)
    fields[name.toLowerCase()] = value
  }
  const body = (await readBody(answer)).toString('utf8')
  discardAnswer(answer)
  return { status: answer.status, fields, body, error: answer.error, answer }
}

function readBody({ body }: StaticAnswer): Promise<Buffer> {
  if (body.kind === 'none') return Promise.resolve(Buffer.alloc(0))
  if (body.kind === 'bytes') return Promise.resolve(Buffer.from(body.bytes))
  const target = Buffer.alloc(body.length)
  return new Promise((resolve, reject) => {
    body.file.read(target, body.length, body.start, (error, bytesRead) => {
      if (error !== null) reject(error)
      else resolve(target.subarray(0, bytesRead))
    })
  })
}

/** A file system on which one call fails with an errno code. */
export function failingFileSystem(
  call: 'open' | 'realpath' | 'stat' | 'fstat',
  code: string,
): typeof nodeFileSystem {
  return { ...nodeFileSystem, [call]: () => Promise.reject(Object.assign(new Error('injected'), { code })) }
}
