import { FakeClock, MemoryTransport, splits, wireText } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import { MailDialogue } from '../mail-dialogue.js'
import type { Mail, MailDialogueOptions } from '../mail-dialogue.js'

interface Session {
  readonly transport: MemoryTransport
  readonly clock: FakeClock
  readonly mails: Mail[]
}

function open(options: Partial<MailDialogueOptions> = {}): Session {
  const clock = new FakeClock()
  const mails: Mail[] = []
  const transport = new MemoryTransport()
  transport.connect(new MailDialogue({ clock, onMail: (mail) => mails.push(mail), ...options }))
  return { transport, clock, mails }
}

/** Every session that a client's lines may lead to, by the ways they may be cut. */
function* sessions(wire: string, options: Partial<MailDialogueOptions> = {}): Generator<Session> {
  for (const pieces of splits(wire)) {
    const session = open(options)
    for (const piece of pieces) session.transport.deliver(piece)
    yield session
  }
}

/** What was replied, greeting aside: the codes. */
const codes = ({ transport }: Session): string =>
  transport.writtenText
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.slice(0, 3))
    .join(' ')

const BEGIN = 'HELO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n'
const BEGIN_CODES = '250 250 250 354'

describe('MailDialogue', () => {
  it('greets first', () => {
    expect(open({ hostName: 'here' }).transport.writtenText).toBe('220 here ready\r\n')
  })

  it('takes a mail, one reply for each command, however the bytes are cut', () => {
    const wire = `${BEGIN}Subject: hi\r\n\r\ntext\r\n.\r\nNOOP\r\nQUIT\r\n`
    for (const session of sessions(wire)) {
      expect(codes(session)).toBe(`${BEGIN_CODES} 250 250 221`)
      expect(session.mails.map(({ content, ...rest }) => ({ ...rest, content: wireText(content) }))).toEqual([
        { sender: 'a@x', recipients: ['b@y'], content: 'Subject: hi\r\n\r\ntext\r\n' },
      ])
      expect(session.transport.lostReason).toEqual({ kind: 'closed' })
      expect(session.clock.pending).toBe(0)
    }
  })

  it('takes away the dots that were added for the way', () => {
    for (const session of sessions(`${BEGIN}..\r\n..dots..\r\n. \r\nDATA\r\n.\r\n`)) {
      expect(wireText(session.mails[0]?.content ?? new Uint8Array(0))).toBe('.\r\n.dots..\r\n \r\nDATA\r\n')
      expect(codes(session)).toBe(`${BEGIN_CODES} 250`)
    }
  })

  it('takes several mails in a row, with several recipients and without a sender', () => {
    const second = 'mail from:<>\r\nrcpt to:<c@z>\r\nrcpt to:<d@z>\r\ndata\r\n.\r\n'
    for (const { mails } of sessions(`${BEGIN}1\r\n.\r\n${second}`)) {
      expect(mails.map(({ sender, recipients }) => [sender, ...recipients])).toEqual([
        ['a@x', 'b@y'],
        ['', 'c@z', 'd@z'],
      ])
    }
  })

  it.each([
    ['MAIL before HELO', 'MAIL FROM:<a@x>\r\n', '503'],
    ['RCPT before MAIL', 'HELO me\r\nRCPT TO:<b@y>\r\n', '250 503'],
    ['DATA before RCPT', 'HELO me\r\nMAIL FROM:<a@x>\r\nDATA\r\n', '250 250 503'],
    ['MAIL within a mail', 'HELO me\r\nMAIL FROM:<a@x>\r\nMAIL FROM:<a@x>\r\n', '250 250 503'],
    ['RCPT after RSET', 'HELO me\r\nMAIL FROM:<a@x>\r\nRSET\r\nRCPT TO:<b@y>\r\n', '250 250 250 503'],
    ['RSET before HELO does not stand for it', 'RSET\r\nMAIL FROM:<a@x>\r\n', '250 503'],
    ['HELO within a mail forgets it', 'HELO me\r\nMAIL FROM:<a@x>\r\nHELO me\r\nDATA\r\n', '250 250 250 503'],
  ])('knows the order: %s', (_, wire, expected) => {
    for (const session of sessions(wire)) {
      expect(codes(session)).toBe(expected)
      expect(session.transport.disconnecting).toBe(false)
    }
  })

  it.each([
    ['an unknown command', 'EHLO me\r\n', '500'],
    ['an empty line', '\r\n', '500'],
    ['HELO without a name', 'HELO  \r\n', '501'],
    ['a sender without brackets', 'HELO me\r\nMAIL FROM:a@x\r\n', '250 501'],
    ['an empty recipient', 'HELO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<>\r\n', '250 250 501'],
  ])('says what is wrong with %s, and goes on', (_, wire, expected) => {
    for (const session of sessions(`${wire}NOOP\r\n`)) expect(codes(session)).toBe(`${expected} 250`)
  })

  it('takes as many recipients as allowed and not one more', () => {
    const wire = 'HELO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<1@y>\r\nRCPT TO:<2@y>\r\nRCPT TO:<3@y>\r\n'
    for (const session of sessions(wire, { maxRecipients: 2 }))
      expect(codes(session)).toBe('250 250 250 250 452')
  })

  it('takes content of exactly the limit', () => {
    for (const session of sessions(`${BEGIN}12345\r\n78\r\n.\r\n`, { maxContentBytes: 11 })) {
      expect(codes(session)).toBe(`${BEGIN_CODES} 250`)
      expect(session.mails[0]?.content).toHaveLength(11)
    }
  })

  it('refuses content of one byte more, after its end, and takes the next mail', () => {
    const wire = `${BEGIN}12345\r\n789\r\n\r\n.\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nok\r\n.\r\n`
    for (const session of sessions(wire, { maxContentBytes: 11 })) {
      expect(codes(session)).toBe(`${BEGIN_CODES} 552 250 250 354 250`)
      expect(session.mails.map(({ content }) => wireText(content))).toEqual(['ok\r\n'])
    }
  })

  it('closes when a line is too long, and reads no more', () => {
    const { transport } = open()
    transport.deliver(`${'x'.repeat(998)}\r\n`)
    expect(transport.disconnecting).toBe(false)
    transport.deliver(`${'x'.repeat(999)}\r\nNOOP\r\n`)
    expect(transport.takeWrittenText().split('\r\n').slice(1)).toEqual([
      '500 unknown command',
      '500 a line may have 998 bytes',
      '',
    ])
    expect(transport.lostReason).toEqual({ kind: 'closed' })
  })

  it('answers nothing after QUIT', () => {
    for (const session of sessions('QUIT\r\nNOOP\r\n')) expect(codes(session)).toBe('221')
  })

  it('says 421 and closes after an idle while, counted from the last line', () => {
    const { transport, clock } = open({ idleTimeoutMs: 1_000 })
    clock.advance(999)
    transport.deliver('NOOP\r\n')
    clock.advance(999)
    transport.settle()
    expect(transport.disconnecting).toBe(false)
    clock.advance(1)
    transport.settle()
    expect(transport.writtenText.split('\r\n').at(-2)).toBe('421 mail.example idle for too long')
    expect(transport.lostReason).toEqual({ kind: 'closed' })
    expect(clock.pending).toBe(0)
  })

  it('is not kept open by bytes that never become a line', () => {
    const { transport, clock } = open({ idleTimeoutMs: 1_000 })
    for (let tick = 0; tick < 10 && !transport.disconnecting; tick++) {
      transport.deliver('x')
      clock.advance(100)
    }
    transport.settle()
    expect(transport.writtenText.split('\r\n').at(-2)).toMatch(/^421 /)
  })

  it('leaves no timer when the client goes away', () => {
    const { transport, clock } = open()
    transport.deliver('HELO me\r\nMAIL')
    transport.reset()
    expect(clock.pending).toBe(0)
  })
})
