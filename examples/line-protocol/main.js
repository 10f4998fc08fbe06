/**
 * `node main.js [--port N]`: takes mail on this machine and prints it.
 */
import { parseArgs } from 'node:util'
import { MailDialogue } from './mail-dialogue.js'
import { nodeClock, serveLines } from './node-glue.js'

const { values } = parseArgs({ options: { port: { type: 'string', default: '2525' } } })

const server = serveLines(
  () =>
    new MailDialogue({
      clock: nodeClock,
      onMail: ({ sender, recipients, content }) =>
        console.log(`${sender} -> ${recipients.join(', ')}\n${Buffer.from(content).toString('latin1')}`),
    }),
)
server.listen(Number(values.port), '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object')
    console.log(`listening on ${address.address}:${address.port}`)
})
