/** @import { Clock, ConnectionLost } from '@millrace/transport' */
import { LineReceiver } from '@millrace/line-receiver'
import { TimeoutMixin } from '@millrace/timeout'

/**
 * @typedef {object} Mail
 * @property {string} sender - empty for a notice that must not be answered
 * @property {readonly string[]} recipients
 * @property {Uint8Array} content - lines, each with its CRLF, without the dots that were added for the way
 *
 * @typedef {object} MailDialogueOptions
 * @property {Clock} clock
 * @property {(mail: Mail) => void} onMail - runs before the mail is acknowledged
 * @property {string} [hostName]
 * @property {number} [idleTimeoutMs] - from one line to the next; a client that only drips bytes is not busy
 * @property {number} [maxContentBytes] - what one mail may hold in memory
 * @property {number} [maxRecipients]
 */

/** The longest line in bytes, without its CRLF: what mail systems agreed on. */
const MAX_LINE_BYTES = 998
const DOT = 0x2e
const CR = 0x0d
const LF = 0x0a
const NOTHING = new Uint8Array(0)

/** Two layers, composed: lines come from one, the idle limit from the other. Neither knows of the other. */
const TimedLineReceiver = TimeoutMixin(LineReceiver)

/**
 * The server's side of a small mail dialogue. It takes bytes and time in and gives bytes out: what carries them is not
 * its affair.
 */
export class MailDialogue extends TimedLineReceiver {
  /** @type {Required<MailDialogueOptions>} */
  #options
  /**
   * What may come next.
   *
   * @type {'hello' | 'mail' | 'recipient' | 'recipient-or-data' | 'content'}
   */
  #state = 'hello'
  #sender = ''
  /** @type {string[]} */
  #recipients = []
  /** Holds `#contentBytes` bytes, and room for more. */
  #content = NOTHING
  #contentBytes = 0
  #contentTooLarge = false

  /** @param {MailDialogueOptions} options */
  constructor(options) {
    super({ maxLength: MAX_LINE_BYTES })
    this.#options = {
      hostName: 'mail.example',
      idleTimeoutMs: 300_000,
      maxContentBytes: 1_048_576,
      maxRecipients: 100,
      ...options,
    }
    this.clock = options.clock
  }

  /** @override */
  connectionMade() {
    this.setTimeout(this.#options.idleTimeoutMs)
    this.sendLine(`220 ${this.#options.hostName} ready`)
  }

  /**
   * @override
   * @param {ConnectionLost} reason
   */
  connectionLost(reason) {
    super.connectionLost(reason)
    this.setTimeout(null)
  }

  /** @override */
  timeoutConnection() {
    this.#sayAndClose(`421 ${this.#options.hostName} idle for too long`)
  }

  /** @override */
  lineLengthExceeded() {
    this.#sayAndClose(`500 a line may have ${MAX_LINE_BYTES} bytes`)
  }

  /**
   * @override
   * @param {Uint8Array} line
   */
  lineReceived(line) {
    this.resetTimeout()
    if (this.#state === 'content') this.#contentLine(line)
    else this.#commandLine(String.fromCharCode(...line))
  }

  /** @param {string} line */
  #commandLine(line) {
    const [, verb = '', argument = ''] = /^([^ ]*) *(.*?) *$/.exec(line) ?? []
    switch (verb.toUpperCase()) {
      case 'HELO':
        return this.#hello(argument)
      case 'MAIL':
        return this.#mailFrom(argument)
      case 'RCPT':
        return this.#recipientTo(argument)
      case 'DATA':
        return this.#data()
      case 'RSET':
        this.#forgetMail()
        return this.sendLine('250 forgotten')
      case 'NOOP':
        return this.sendLine('250 nothing done')
      case 'QUIT':
        return this.#sayAndClose(`221 ${this.#options.hostName} closing`)
      default:
        return this.sendLine('500 unknown command')
    }
  }

  /** @param {string} name */
  #hello(name) {
    if (name === '') return this.sendLine('501 HELO needs a name')
    this.#state = 'mail'
    this.#forgetMail()
    this.sendLine(`250 ${this.#options.hostName} greets ${name}`)
  }

  /** @param {string} argument */
  #mailFrom(argument) {
    if (this.#state === 'hello') return this.sendLine('503 HELO comes first')
    if (this.#state !== 'mail') return this.sendLine('503 a mail is begun already')
    const sender = /^FROM:<([^<>\s]*)>$/i.exec(argument)?.[1]
    if (sender === undefined) return this.sendLine('501 MAIL FROM:<address>')
    this.#sender = sender
    this.#state = 'recipient'
    this.sendLine('250 sender noted')
  }

  /** @param {string} argument */
  #recipientTo(argument) {
    if (this.#state !== 'recipient' && this.#state !== 'recipient-or-data') {
      return this.sendLine('503 MAIL comes first')
    }
    const recipient = /^TO:<([^<>\s]+)>$/i.exec(argument)?.[1]
    if (recipient === undefined) return this.sendLine('501 RCPT TO:<address>')
    if (this.#recipients.length >= this.#options.maxRecipients)
      return this.sendLine('452 too many recipients')
    this.#recipients.push(recipient)
    this.#state = 'recipient-or-data'
    this.sendLine('250 recipient noted')
  }

  #data() {
    if (this.#state !== 'recipient-or-data') return this.sendLine('503 RCPT comes first')
    this.#state = 'content'
    this.sendLine('354 end with a line that is a dot')
  }

  /** @param {Uint8Array} line */
  #contentLine(line) {
    const dotted = line[0] === DOT
    if (dotted && line.length === 1) return this.#contentComplete()
    // A line of the content that begins with a dot was sent with one more, to be told from the end.
    const text = dotted ? line.subarray(1) : line
    const length = this.#contentBytes + text.length + 2
    // What is too much is read to its end, as only then the client listens again, but not kept.
    if (length > this.#options.maxContentBytes) this.#contentTooLarge = true
    if (this.#contentTooLarge) this.#content = NOTHING
    else this.#keep(text, length)
  }

  /**
   * Copies a line behind the others: a view would keep the whole read alive.
   *
   * @param {Uint8Array} text
   * @param {number} length - of the content, with this line
   */
  #keep(text, length) {
    if (length > this.#content.length) {
      const larger = new Uint8Array(Math.min(2 * length, this.#options.maxContentBytes))
      larger.set(this.#content.subarray(0, this.#contentBytes))
      this.#content = larger
    }
    this.#content.set(text, this.#contentBytes)
    this.#content[length - 2] = CR
    this.#content[length - 1] = LF
    this.#contentBytes = length
  }

  #contentComplete() {
    const content = this.#content.subarray(0, this.#contentBytes)
    const mail = { sender: this.#sender, recipients: this.#recipients, content }
    const tooLarge = this.#contentTooLarge
    this.#forgetMail()
    if (tooLarge) return this.sendLine(`552 a mail may have ${this.#options.maxContentBytes} bytes`)
    this.#options.onMail(mail)
    this.sendLine('250 taken')
  }

  #forgetMail() {
    if (this.#state !== 'hello') this.#state = 'mail'
    this.#sender = ''
    this.#recipients = []
    this.#content = NOTHING
    this.#contentBytes = 0
    this.#contentTooLarge = false
  }

  /** @param {string} reply */
  #sayAndClose(reply) {
    this.sendLine(reply)
    this.transport.loseConnection()
  }
}
