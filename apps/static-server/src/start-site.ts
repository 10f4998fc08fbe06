import { stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { ProxyProtocolOptions } from '@millrace/proxy-protocol'
import type { Server } from '@millrace/server'
import type { CommandLine, ListenAddress } from './command-line.ts'
import { classifyFileError } from './file-system.ts'
import { serveStatic, type ServeStaticOptions } from './serve-static.ts'

/** A site that is being served. */
export interface StartedSite {
  readonly server: Server
  /** The directory, as an absolute path. */
  readonly root: string
}

/** Why a site cannot be served; the message is one line for whoever typed the command. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** How many ports after a busy one are tried, when it was not asked for by its number. */
const NEXT_PORTS = 20

const DIRECTORY_PROBLEMS = {
  missing: 'does not exist',
  forbidden: 'may not be entered',
  unavailable: 'cannot be opened now',
  failed: 'cannot be read',
} as const

/** Who hears of the exchanges, and of what goes wrong. */
export interface SiteObservers extends Pick<ServeStaticOptions, 'onExchange' | 'onError' | 'channel'> {
  /** Sees connections that were broken off before it was known whose they are. */
  readonly onUnknownClient?: ProxyProtocolOptions['onError']
}

/**
 * Starts serving what a command line asks for.
 *
 * @throws {StartError} when the directory is not there, or the system refuses to listen
 */
export async function startSite(
  commandLine: CommandLine,
  { onUnknownClient = () => {}, ...observers }: SiteObservers,
): Promise<StartedSite> {
  const root = resolve(commandLine.directory)
  await checkDirectory(root, commandLine.directory)
  const { indexNames, listing, dotfiles, symlinks, proxies } = commandLine
  const proxyProtocol = { ...proxies, onError: onUnknownClient }
  const rules = { indexNames, listing, dotfiles, symlinks }
  const options = { ...observers, ...rules, ...(proxies !== null && { proxyProtocol }) }
  try {
    return { server: await listenAt(commandLine.listen, root, options), root }
  } catch (error) {
    if (codeOf(error)?.startsWith('ERR_LISTEN_') !== true) throw error
    throw new StartError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

async function checkDirectory(root: string, asked: string): Promise<void> {
  try {
    if (!(await stat(root)).isDirectory()) throw new StartError(`'${asked}' is not a directory`)
    await stat(`${root}${sep}.`) // asks for the permission to go in, which the files in it take too
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`'${asked}' ${DIRECTORY_PROBLEMS[classifyFileError(error)]}`, { cause: error })
  }
}

async function listenAt(address: ListenAddress, root: string, options: ServeStaticOptions): Promise<Server> {
  if (address.kind === 'unix') return await serveStatic(root, { ...options, path: address.path })
  const { host, port, orNext } = address
  const lastPort = orNext ? port + NEXT_PORTS : port
  for (let tried = port; ; tried += 1) {
    try {
      return await serveStatic(root, { ...options, host, port: tried })
    } catch (error) {
      if (tried === lastPort || codeOf(error) !== 'ERR_LISTEN_IN_USE') throw error
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
