import { inspect } from 'node:util'
import { HTTPChannel } from '@millrace/channel'
import {
  FetchExchange,
  type FetchApplication,
  type FetchErrorHandler,
  type FetchHandler,
} from './fetch-exchange.ts'
import { adoptPlatformRequest } from './fetch-request.ts'
import { listen, type ChannelOptions, type ListenOptions } from './listen.ts'
import { OriginCache } from './request-url.ts'
import type { Server } from './server.ts'

/**
 * Where a handler serves, and how.
 *
 * @public
 */
export interface ServeOptions extends ListenOptions {
  /**
   * Takes what the handler threw, or the body of its response failed with, while the client was there. The response it
   * returns is sent if the head of another was not; without one the client gets a bare 500, or a broken connection.
   *
   * @defaultValue prints the error on stderr
   */
  readonly onError?: FetchErrorHandler
  /** Limits, deadlines and hooks of every channel. @defaultValue `DEFAULT_CHANNEL_OPTIONS` of `@millrace/channel` */
  readonly channel?: Omit<ChannelOptions, 'requestFactory'>
}

/**
 * Answers every request with what `handler` returns for it, save CONNECT, which gets 501.
 *
 * @param handler - called as soon as the head of a request is complete; one request at a time on each connection
 * @returns once connections are accepted
 * @throws as {@link listen}
 * @public
 */
export async function serve(handler: FetchHandler, options: ServeOptions = {}): Promise<Server> {
  if (typeof handler !== 'function') throw new TypeError('serve needs a handler')
  const { onError = printError, channel, ...where } = options
  adoptPlatformRequest()
  const application: FetchApplication = { handler, onError, origins: new OriginCache() }
  return await listen((settings) => new HTTPChannel(settings), {
    ...where,
    channel: { ...channel, requestFactory: (owner, head) => new FetchExchange(owner, head, application) },
  })
}

function printError(error: unknown): void {
  process.stderr.write(`${inspect(error)}\n`)
}
