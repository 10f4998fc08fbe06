import { REQUESTS } from '../wire.ts'
import type { Kernel } from './kernel.ts'

/** What can be measured within a process: a maker for each contestant of each subject, loaded when it is asked for. */
type Makers = Readonly<Record<string, () => Promise<Kernel>>>

function heads(head: () => Promise<Buffer>): Makers {
  return {
    millrace: async () => (await import('./heads.ts')).readByChannel(await head(), false),
    'millrace, fields read': async () => (await import('./heads.ts')).readByChannel(await head(), true),
    llhttp: async () => (await import('./heads.ts')).readByNative(await head()),
    'http-parser-js': async () => (await import('./heads.ts')).readByScript(await head()),
  }
}

function chunks(octets: number): Makers {
  return {
    millrace: async () => (await import('./chunks.ts')).decodeByMillrace(octets),
    llhttp: async () => (await import('./chunks.ts')).decodeByNative(octets),
  }
}

/** Of subjects that come in sizes, the size is a part of the name. */
const SUBJECTS: Readonly<Record<string, (size: number) => Makers>> = {
  'parse-hello': () => heads(async () => REQUESTS.hello),
  'parse-page': () => heads(async () => REQUESTS.page),
  fields: (count) => heads(async () => (await import('./heads.ts')).headOfFields(count)),
  target: (octets) => heads(async () => (await import('./heads.ts')).headOfTarget(octets)),
  chunks,
  lines: () => ({
    millrace: async () => (await import('./lines.ts')).linesByMillrace(),
    'millrace, as text': async () => (await import('./lines.ts')).textByMillrace(),
    'node:readline': async () => (await import('./lines.ts')).linesByReadline(),
    split2: async () => (await import('./lines.ts')).linesBySplit2(),
  }),
  exchange: () => ({
    millrace: async () => (await import('./exchanges.ts')).exchangeByMillrace(),
  }),
  respond: () => ({
    millrace: async () => (await import('./responses.ts')).respondByMillrace(),
    'node:http': async () => (await import('./responses.ts')).respondByNode(),
  }),
}

/**
 * @param subject - of the table above; behind a blank the size, if it has one
 * @throws {TypeError} when there is no such thing
 */
export async function makeKernel(subject: string, contestant: string): Promise<Kernel> {
  const [name = '', size = '0'] = subject.split(' ')
  const make = SUBJECTS[name]?.(Number(size))[contestant]
  if (make === undefined) throw new TypeError(`nothing to measure: ${subject}, ${contestant}`)
  return await make()
}
