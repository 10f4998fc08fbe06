import { MessageError } from './errors.ts'

const DIGIT_0 = 0x30
const DIGIT_9 = 0x39

/**
 * The one length that Content-Length gives. Equal values, on two lines or as `3, 3`, could be taken for one; they are
 * refused, since whoever made them joined two messages or two minds.
 *
 * @param values - of all field lines, at least one
 * @param statusHint - the status to answer with, when it is not that of the code
 * @throws {@link MessageError} `ERR_CONTENT_LENGTH_REPEATED`, `ERR_CONTENT_LENGTH`, `ERR_CONTENT_LENGTH_TOO_LARGE`
 */
export function readContentLength(values: readonly string[], statusHint?: number): number {
  if (values.length > 1) throw new MessageError('ERR_CONTENT_LENGTH_REPEATED', undefined, statusHint)
  const value = values[0] as string
  if (value === '') throw new MessageError('ERR_CONTENT_LENGTH', 0, statusHint)
  let length = 0
  for (let position = 0; position < value.length; position += 1) {
    const char = value.charCodeAt(position)
    if (char < DIGIT_0 || char > DIGIT_9) throw new MessageError('ERR_CONTENT_LENGTH', position, statusHint)
    // Exact up to 2^53-1. Above it sums are rounded, to Infinity in the end, but they never come back below it.
    length = length * 10 + (char - DIGIT_0)
  }
  if (length > Number.MAX_SAFE_INTEGER) throw new MessageError('ERR_CONTENT_LENGTH_TOO_LARGE', 0, statusHint)
  return length
}
