/** What {@link FieldSyntaxError} says about a field line, as a stable name. @public */
export type FieldSyntaxCode =
  'ERR_FIELD_NO_COLON' | 'ERR_FIELD_NAME' | 'ERR_FIELD_NAME_SPACE' | 'ERR_FIELD_VALUE' | 'ERR_FIELD_FOLD'

const FIELD_SYNTAX: Readonly<
  Record<FieldSyntaxCode, { readonly message: string; readonly section: string }>
> = {
  ERR_FIELD_NO_COLON: { message: 'field line without a colon', section: 'RFC 9112 §5' },
  ERR_FIELD_NAME: { message: 'field name is empty or not a token', section: 'RFC 9110 §5.1' },
  ERR_FIELD_NAME_SPACE: { message: 'whitespace between field name and colon', section: 'RFC 9112 §5.1' },
  ERR_FIELD_VALUE: { message: 'field value with a control character', section: 'RFC 9110 §5.5' },
  ERR_FIELD_FOLD: { message: 'field line begins with whitespace', section: 'RFC 9112 §5.2' },
}

/**
 * A peer's field line breaks the grammar. A server answers 400 and closes: whoever sends such a line may
 * have meant another end of the message than the one we would find.
 *
 * @public
 */
export class FieldSyntaxError extends Error {
  override readonly name: string = 'FieldSyntaxError'
  /** Stable name of what is wrong. */
  readonly code: FieldSyntaxCode
  /** The status a server would answer. */
  readonly statusHint: number = 400
  /** The clause that is broken. */
  readonly section: string
  /** Index of the first impossible byte in the given input, when known. */
  readonly offset: number | undefined

  /**
   * @param code - what is wrong; message and section follow from it
   * @param offset - index of the first impossible byte, where the reader knows it
   */
  constructor(code: FieldSyntaxCode, offset?: number) {
    super(FIELD_SYNTAX[code].message)
    this.code = code
    this.section = FIELD_SYNTAX[code].section
    this.offset = offset
  }
}

/** What {@link HeaderError} says about a field we were asked to send, as a stable name. @public */
export type HeaderErrorCode = 'ERR_HEADER_NAME' | 'ERR_HEADER_VALUE'

const HEADER: Readonly<Record<HeaderErrorCode, { readonly message: string; readonly section: string }>> = {
  ERR_HEADER_NAME: { message: 'not a field name', section: 'RFC 9110 §5.1' },
  ERR_HEADER_VALUE: { message: 'not a field value', section: 'RFC 9110 §5.5' },
}

/**
 * A field that must not go out on the wire was handed to {@link Headers}: the caller's mistake, so a `TypeError`.
 * Nothing was changed.
 *
 * @public
 */
export class HeaderError extends TypeError {
  override readonly name: string = 'HeaderError'
  /** Stable name of what is wrong. */
  readonly code: HeaderErrorCode
  /** The status a server would answer when nobody catches this. */
  readonly statusHint: number = 500
  /** The clause that would be broken. */
  readonly section: string
  /** Index in the given name or value of the first character that may not be there. */
  readonly offset: number | undefined

  /**
   * @param code - what is wrong
   * @param detail - which field, and where; nothing secret, it becomes part of the message
   * @param offset - index of the first character at fault
   */
  constructor(code: HeaderErrorCode, detail: string, offset?: number) {
    super(`${HEADER[code].message}: ${detail}`)
    this.code = code
    this.section = HEADER[code].section
    this.offset = offset
  }
}
