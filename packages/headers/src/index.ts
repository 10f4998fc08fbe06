/**
 * HTTP field lines: an ordered list that keeps what was sent, and the grammar of names, values and lists.
 *
 * @packageDocumentation
 */
export { FieldSyntaxError, HeaderError } from './errors.ts'
export type { FieldSyntaxCode, HeaderErrorCode } from './errors.ts'
export { parseFieldLine } from './field-line.ts'
export { hasToken, splitFieldList } from './field-list.ts'
export { isToken, TOKEN_CHARS } from './field-name.ts'
export { decodeFieldSection, scanFieldLine } from './field-section.ts'
export { FIELD_VALUE_CHARS, isFieldValue } from './field-value.ts'
export { Headers } from './headers.ts'
export type { HeadersInit } from './headers-init.ts'
export { allocateBytes, decodeLatin1, encodeLatin1, writeCheckedLatin1, writeLatin1 } from './latin1.ts'
