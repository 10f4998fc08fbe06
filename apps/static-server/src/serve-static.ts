import { resolve } from 'node:path'
import { inspect } from 'node:util'
import { HTTPChannel, type Request, type RequestFactory } from '@millrace/channel'
import { listen, type ChannelOptions, type ListenOptions, type Server } from '@millrace/server'
import type { Exchange } from './exchange.ts'
import { Site, type SiteRules } from './site.ts'
import { siteRequestFactory } from './static-request.ts'

/**
 * What of a directory is served, and who hears of it.
 *
 * @public
 */
export interface StaticOptions extends SiteRules {
  /** Takes every exchange when it is over: an access log. @defaultValue none */
  readonly onExchange?: (exchange: Exchange) => void
  /**
   * Takes what failed on our side while a request was answered: the disk, a file that got shorter while it was sent.
   * The client gets a bare 500, or a broken connection.
   *
   * @defaultValue prints the error on stderr
   */
  readonly onError?: (error: unknown, request: Request) => void
}

/**
 * What of a directory is served, where, and how.
 *
 * @public
 */
export interface ServeStaticOptions extends StaticOptions, Omit<ListenOptions, 'channel'> {
  /** Limits, deadlines and hooks of every channel. @defaultValue `DEFAULT_CHANNEL_OPTIONS` of `@millrace/channel` */
  readonly channel?: Omit<ChannelOptions, 'requestFactory'>
}

/**
 * Serves a directory.
 *
 * @param root - the path of a directory; need not exist yet, and may be a link that is switched later
 * @returns once connections are accepted
 * @throws {RangeError} when a limit is out of its range; {TypeError} when an index name is not a single, servable name
 * @throws as `listen` of `@millrace/server`
 * @public
 */
export async function serveStatic(root: string, options: ServeStaticOptions = {}): Promise<Server> {
  const requestFactory = staticRequestFactory(root, options)
  return await listen((settings) => new HTTPChannel(settings), {
    ...options,
    channel: { ...options.channel, requestFactory },
  })
}

/**
 * Makes the requests of channels of your own: each is answered from a directory. The content of a request is not read.
 *
 * @param root - as for {@link serveStatic}
 * @throws {RangeError} when a limit is out of its range; {TypeError} when an index name is not a single, servable name
 * @public
 */
export function staticRequestFactory(root: string, options: StaticOptions = {}): RequestFactory {
  const { onExchange, onError = printError } = options
  return siteRequestFactory(new Site(resolve(root), options), { onExchange, onError })
}

function printError(error: unknown, { method, requestTarget }: Request): void {
  process.stderr.write(`${method} ${requestTarget}: ${inspect(error)}\n`)
}
