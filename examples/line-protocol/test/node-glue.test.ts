import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { FakeClock } from '@millrace/testing'
import { afterEach, expect, it } from 'vitest'
import { MailDialogue } from '../mail-dialogue.js'
import type { Mail } from '../mail-dialogue.js'
import { nodeClock, serveLines } from '../node-glue.js'

let server: Server

afterEach(() => new Promise((resolve) => server.close(resolve)))

async function dial(makeDialogue: () => MailDialogue): Promise<Socket> {
  server = serveLines(makeDialogue).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1')
}

/** Reads until the server has closed. */
async function readAll(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket) text += chunk
  return text
}

it('runs the dialogue over a socket', async () => {
  const mails: Mail[] = []
  const socket = await dial(() => new MailDialogue({ clock: nodeClock, onMail: (mail) => mails.push(mail) }))
  socket.write('HELO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n')
  expect((await readAll(socket)).split('\r\n').map((line) => line.slice(0, 3))).toEqual([
    '220',
    '250',
    '250',
    '250',
    '354',
    '250',
    '221',
    '',
  ])
  expect(mails.map(({ content }) => Buffer.from(content).toString())).toEqual(['hi\r\n'])
})

it('ends an idle connection', async () => {
  const clock = new FakeClock()
  const socket = await dial(() => new MailDialogue({ clock, onMail: () => {}, idleTimeoutMs: 5_000 }))
  await once(socket, 'readable')
  clock.advance(5_000)
  expect(await readAll(socket)).toBe('220 mail.example ready\r\n421 mail.example idle for too long\r\n')
})

it('closes when the client has finished', async () => {
  const socket = await dial(() => new MailDialogue({ clock: nodeClock, onMail: () => {} }))
  socket.end('NOOP\r\n')
  expect(await readAll(socket)).toBe('220 mail.example ready\r\n250 nothing done\r\n')
})
