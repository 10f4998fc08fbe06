import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { peerMatcher, type ProxyProtocolOptions } from '@millrace/proxy-protocol'
import type { SymlinkPolicy } from './containment.ts'
import type { DotfilePolicy } from './name-policy.ts'

/** Where to listen. */
export type ListenAddress =
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      /** Whether one of the next ports will do when this one is in use: nobody asked for it by its number. */
      readonly orNext: boolean
    }
  | { readonly kind: 'unix'; readonly path: string }

/** Whose PROXY header is believed, and what becomes of connections from elsewhere. */
export type TrustedProxies = Required<Pick<ProxyProtocolOptions, 'untrusted'>> & {
  readonly trusted: readonly string[]
}

/** What the command line asks for. */
export interface CommandLine {
  /** The directory to serve, as given. */
  readonly directory: string
  readonly listen: ListenAddress
  readonly indexNames: readonly string[]
  readonly listing: boolean
  readonly dotfiles: DotfilePolicy
  readonly symlinks: SymlinkPolicy
  /** The proxies that say in a PROXY header whom they speak for; `null`: there are none. */
  readonly proxies: TrustedProxies | null
  /** Whether to say nothing but errors. */
  readonly quiet: boolean
}

/** What is to be done. */
export type CommandLineReading =
  | { readonly kind: 'serve'; readonly commandLine: CommandLine }
  /** Help or the version was asked for: print `text` to standard output and exit with 0. */
  | { readonly kind: 'print'; readonly text: string }
  /** The arguments are wrong: print `message`, one line, to standard error and exit with 2. */
  | { readonly kind: 'wrong'; readonly message: string }

export const COMMAND_NAME = 'millrace-static'
const DEFAULT_PORT = 3000

/**
 * Reads the arguments of the command.
 *
 * @param args - the arguments alone, without the interpreter and the script
 * @param environment - `PORT` is the port where no `--port` is given
 * @param version - what `--version` prints
 */
export function readCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  version: string,
): CommandLineReading {
  let text = ''
  const command = defineCommand(version)
  command.exitOverride()
  command.configureOutput({ writeOut: (part) => (text += part), writeErr: () => {} })
  try {
    command.parse(args, { from: 'user' })
    return { kind: 'serve', commandLine: commandLineOf(command, environment) }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { kind: 'print', text }
    const reason = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
    return { kind: 'wrong', message: `${COMMAND_NAME}: ${reason}; see ${COMMAND_NAME} --help` }
  }
}

interface ParsedOptions {
  readonly port?: number
  readonly host: string
  readonly unix?: string
  readonly index: readonly string[]
  readonly list: boolean
  readonly dotfiles: DotfilePolicy
  readonly symlinks: SymlinkPolicy
  readonly proxyProtocol?: readonly string[]
  readonly proxyProtocolOthers: TrustedProxies['untrusted']
  readonly quiet?: true
}

function defineCommand(version: string): Command {
  return new Command(COMMAND_NAME)
    .description('Serves a directory over HTTP/1.1.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .argument('[dir]', 'the directory to serve', '.')
    .option(
      '-p, --port <number>',
      `port to listen on, 0 for any free one (default: ${DEFAULT_PORT} or the next free one, env: PORT)`,
      parsePort,
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 or :: lets other machines in', '127.0.0.1')
    .addOption(new Option('--unix <path>', 'listen on a unix socket instead').conflicts(['port', 'host']))
    .addOption(
      new Option('--index <names>', 'files that stand for their directory, separated by commas')
        .argParser(parseIndexNames)
        .default(['index.html'], '"index.html"'),
    )
    .option('--no-list', 'answer 404 for a directory without an index instead of listing it')
    .addOption(
      new Option('--dotfiles <policy>', 'names that begin with a dot')
        .choices(['deny', 'well-known', 'allow'])
        .default('well-known'),
    )
    .addOption(
      new Option('--symlinks <policy>', 'symbolic links that are followed')
        .choices(['within-root', 'deny', 'follow'])
        .default('within-root'),
    )
    .option(
      '--proxy-protocol <peers>',
      'connections from these proxies begin with a PROXY header; addresses, ranges and "unix", separated by commas',
      parsePeers,
    )
    .addOption(
      new Option('--proxy-protocol-others <policy>', 'connections from elsewhere, with --proxy-protocol')
        .choices(['refuse', 'plain'])
        .default('refuse'),
    )
    .option('-q, --quiet', 'print errors only')
    .allowExcessArguments(false)
}

function commandLineOf(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const options = command.opts<ParsedOptions>()
  const [directory = '.'] = command.processedArgs as [string?]
  return {
    directory,
    listen:
      options.unix === undefined
        ? tcpAddress(options.host, options.port ?? portFrom(command, environment['PORT']))
        : { kind: 'unix', path: options.unix },
    indexNames: options.index,
    listing: options.list,
    dotfiles: options.dotfiles,
    symlinks: options.symlinks,
    proxies: proxiesFrom(command, options),
    quiet: options.quiet ?? false,
  }
}

function proxiesFrom(command: Command, options: ParsedOptions): TrustedProxies | null {
  const { proxyProtocol: trusted, proxyProtocolOthers: untrusted } = options
  if (trusted !== undefined) return { trusted, untrusted }
  if (command.getOptionValueSource('proxyProtocolOthers') !== 'cli') return null
  return command.error('error: --proxy-protocol-others needs --proxy-protocol <peers>')
}

function tcpAddress(host: string, port: number | undefined): ListenAddress {
  return { kind: 'tcp', host, port: port ?? DEFAULT_PORT, orNext: port === undefined }
}

function portFrom(command: Command, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return parsePort(text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    return command.error(`error: environment variable PORT is '${text}'. ${error.message}`)
  }
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  }
  return Number(text)
}

function parseIndexNames(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  if (names.some((name) => name === '' || name.startsWith('.') || /[/\\]/.test(name))) {
    throw new InvalidArgumentError('Index names are file names, separated by commas.')
  }
  return names
}

function parsePeers(text: string): string[] {
  const trusted = text.split(',').map((peer) => peer.trim())
  try {
    peerMatcher(trusted)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new InvalidArgumentError(error.message)
  }
  return trusted
}
