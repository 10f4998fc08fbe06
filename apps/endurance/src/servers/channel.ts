import { HTTPChannel, Request, type HTTPChannelOptions } from '@millrace/channel'
import { listen, nodeClock } from '@millrace/node-transport'
import { answerQuestions } from './answer-questions.ts'

const MANY_BYTES = new Uint8Array(1_048_576).fill(0x2e)

/** Answers POST with its content, `/big` with a mebibyte, everything else with a word. */
class Trial extends Request {
  override async process(): Promise<void> {
    if (this.method === 'POST') {
      for await (const chunk of this.content) if (!this.write(chunk)) await this.drained()
      this.finish()
    } else {
      this.finish(this.path === '/big' ? MANY_BYTES : 'hello\n')
    }
  }
}

const options: HTTPChannelOptions = {
  clock: nodeClock,
  requestFactory: (channel, head) => new Trial(channel, head),
  ...(JSON.parse(process.argv[2] ?? '{}') as Partial<HTTPChannelOptions>),
}
const listener = await listen(() => new HTTPChannel(options), { port: 0, host: '127.0.0.1', backlog: 4_096 })
answerQuestions(listener.port)
