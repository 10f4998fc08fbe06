import { HTTPChannel } from '@millrace/channel'
import { listen } from '@millrace/server'

const server = await listen((settings) => new HTTPChannel(settings))
process.stdout.write(`${server.port}\n`)
