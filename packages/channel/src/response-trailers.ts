import { isForbiddenTrailer } from '@millrace/chunked'
import { Headers } from '@millrace/headers'
import { LocalProtocolError } from './errors.ts'

/** Trailer fields: what may not stand behind content is refused where it is put in (RFC 9110 §6.5.1). */
export class ResponseTrailers extends Headers {
  override append(name: string, value: string): void {
    checkName(name)
    super.append(name, value)
  }

  override set(name: string, value: string): void {
    checkName(name)
    super.set(name, value)
  }

  override setRawHeaders(name: string, values: readonly string[]): void {
    checkName(name)
    super.setRawHeaders(name, values)
  }
}

function checkName(name: string): void {
  if (typeof name === 'string' && isForbiddenTrailer(name)) throw new LocalProtocolError('ERR_TRAILER_FIELD')
}
