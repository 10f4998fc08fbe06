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

/** @returns the class of the parser; Node warns of this unless it is told not to */
export function nativeParserClass(): NativeParserClass {
  const { binding } = process as unknown as { binding(name: string): { HTTPParser: NativeParserClass } }
  return binding('http_parser').HTTPParser
}
