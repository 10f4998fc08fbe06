import { FIELD_VALUE_CHARS, FieldSyntaxError, parseFieldLine } from '@millrace/headers'
import type { LineBuffer } from '@millrace/line-receiver'
import { remoteError, RemoteProtocolError } from './errors.ts'
import { HeadReader } from './head-reader.ts'
import type { Leniency, LeniencyFlag } from './leniency.ts'
import type { HeadLimits } from './line-judge.ts'
import { forgive } from './mend-head.ts'
import { joinBytes } from './octets.ts'

const HTAB = 0x09
const SPACE = 0x20
const ASCII_END = 0x80
const ONE_SPACE = new Uint8Array([SPACE])

/**
 * Reads heads whose lines may be relaxed: one that is strictly good in one pass, as ever; any other line by line, each of
 * which is mended before it is judged.
 *
 * Limits count octets as they came, and once more where mending made more of them.
 */
export class LenientHeadReader extends HeadReader {
  readonly #leniency: Leniency
  /** The field line that the next line may continue, in its parts; none before the first field line. */
  #parts: Uint8Array[] = []
  #openLength = 0
  #openAt = 0
  #fieldAt = 0

  constructor(limits: HeadLimits, leniency: Leniency) {
    super(limits)
    this.#leniency = leniency
  }

  override get byLines(): boolean {
    return true
  }

  override get takesBareLf(): boolean {
    return this.#leniency.bareLf
  }

  override readHead(buffer: LineBuffer): boolean {
    const { leniencies } = this.head
    if (super.readHead(buffer)) return true
    this.head.leniencies = leniencies // those of empty lines before a head that was declined
    return false
  }

  protected override readLines(): boolean {
    return false
  }

  override lineEnds(length: 1 | 2): void {
    this.lineEndLength = length
    if (length === 1) this.#use('bareLf')
  }

  override requestLine(line: Uint8Array): boolean {
    if (!this.#leniency.nonAsciiTarget) return super.requestLine(line)
    const encoded = encodeTarget(line)
    if (encoded === line) return super.requestLine(line)
    this.refuseLine(line)
    this.#use('nonAsciiTarget')
    return super.requestLine(encoded)
  }

  override unfold(line: Uint8Array): Uint8Array | null {
    if (!this.#leniency.obsFold) return super.unfold(line)
    if (line.length > 0 && isBlank(line[0]) && this.#parts.length > 0) {
      this.#continue(line)
      return null
    }
    const complete = this.#parts.length === 0 ? null : joinBytes(this.#parts)
    this.#fieldAt = this.#openAt
    this.#parts = []
    if (line.length > 0) this.#open(line, complete === null ? 0 : 1)
    return complete
  }

  /** With folding on, what {@link LenientHeadReader.unfold} judged and counted is only kept. */
  override fieldLine(line: Uint8Array): void {
    if (!this.#leniency.obsFold) {
      super.fieldLine(line)
      return
    }
    try {
      this.head.addLine(line)
    } catch (error) {
      // Only a hook that changed the line gets here.
      throw error instanceof FieldSyntaxError
        ? new RemoteProtocolError(error, 'head', this.fieldOffset)
        : error
    }
  }

  override get fieldOffset(): number {
    return this.#leniency.obsFold ? this.#fieldAt : super.fieldOffset
  }

  override nextHead(): void {
    super.nextHead()
    if (this.#parts.length > 0) this.#parts = []
  }

  /** A field line begins: it is judged now, as in a strict reading, and handed on when the next line does not continue it. */
  #open(line: Uint8Array, before: number): void {
    try {
      parseFieldLine(line)
    } catch (error) {
      throw this.judge(error, line)
    }
    this.checkLine(line)
    if (this.head.fieldCount + before >= this.limits.maxHeaders)
      throw remoteError('ERR_HEADER_COUNT', 'head', this.size)
    this.#openAt = this.size
    this.#openLength = line.length
    this.#parts.push(line)
    this.size += line.length + this.lineEndLength
  }

  /** A line continues the open one, behind one space. */
  #continue(line: Uint8Array): void {
    const bad = line.findIndex((octet) => FIELD_VALUE_CHARS[octet] !== 1)
    if (bad !== -1) throw this.judge(new FieldSyntaxError('ERR_FIELD_VALUE', bad), line)
    this.checkLine(line)
    const start = line.findIndex((octet) => !isBlank(octet))
    const text = start === -1 ? line.subarray(line.length) : line.subarray(start)
    this.#openLength += 1 + text.length
    if (this.#openLength > this.limits.MAX_LENGTH) throw remoteError(this.tooLong(), 'head', this.size)
    this.#parts.push(ONE_SPACE, text)
    this.size += line.length + this.lineEndLength
    this.#use('obsFold')
  }

  #use(flag: LeniencyFlag): void {
    forgive(this.head, flag)
  }
}

function isBlank(octet: number | undefined): boolean {
  return octet === SPACE || octet === HTAB
}

/** The request line with the octets of its target that are no ASCII percent-encoded; `line` itself without any. */
function encodeTarget(line: Uint8Array): Uint8Array {
  const start = line.indexOf(SPACE)
  const end = line.lastIndexOf(SPACE)
  const target = line.subarray(start, Math.max(start, end))
  if (start === -1 || !target.some((octet) => octet >= ASCII_END)) return line
  const encoded = [...target].flatMap((octet) => (octet < ASCII_END ? [octet] : percentEncoded(octet)))
  return joinBytes([line.subarray(0, start), new Uint8Array(encoded), line.subarray(end)])
}

function percentEncoded(octet: number): number[] {
  return [...`%${octet.toString(16).toUpperCase()}`].map((character) => character.charCodeAt(0))
}
