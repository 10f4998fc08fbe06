import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ServerState } from './servers/answer-questions.ts'

/** A server in a process of its own, which tells of itself when asked. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  /**
   * Starts a program of `servers/` and waits until it listens.
   *
   * @param name - the file's name, without its ending
   * @param options - for the server, as JSON
   */
  static async start(name: string, options: object = {}): Promise<ServerProcess> {
    // Tests run this file as it is; a process of its own runs what was built.
    const built = import.meta.url.endsWith('.ts') ? '../dist/servers' : './servers'
    const path = fileURLToPath(new URL(`${built}/${name}.js`, import.meta.url))
    const child = fork(path, [JSON.stringify(options)], { execArgv: ['--expose-gc'], stdio: 'inherit' })
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`${name} ended before it listened`)),
    )
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }]
    ended.catch(() => undefined) // from here on its end is the trial's doing
    return new ServerProcess(child, port)
  }

  /** What the server is made of now. */
  async state(): Promise<ServerState> {
    const answer = once(this.#child, 'message')
    this.#child.send('state')
    const [state] = (await answer) as [ServerState]
    return state
  }

  /** The server's state once its sockets and timers are no more than these, or when it has had its time. */
  async settled({ sockets, timers }: ServerState, withinMs: number): Promise<ServerState> {
    const endMs = Date.now() + withinMs
    for (;;) {
      const state = await this.state()
      if ((state.sockets <= sockets && state.timers <= timers) || Date.now() > endMs) return state
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
