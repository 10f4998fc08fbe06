/** The parser of `node:http`, llhttp behind a binding. It is not documented, and typed nowhere. */
export interface NativeParser {
  initialize(type: number, resource: object, maxHeaderOctets?: number): void
  execute(bytes: Buffer, start?: number, length?: number): number | Error
  [hook: number]: unknown
}

interface NativeParserClass {
  new (): NativeParser
  readonly REQUEST: number
  readonly kOnHeaders: number
  readonly kOnHeadersComplete: number
  readonly kOnBody: number
  readonly kOnMessageComplete: number
}

/** The module that has it, in every Node there is. Named by a variable, since it has no types. */
const COMMON: string = 'node:_http_common'

/** @returns the class of the parser; Node warns of this unless it is told not to */
export async function nativeParserClass(): Promise<NativeParserClass> {
  const { HTTPParser } = (await import(COMMON)) as { HTTPParser: NativeParserClass }
  return HTTPParser
}
