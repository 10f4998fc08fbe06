import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import type { Origin } from '@millrace/client'
import { isToken } from '@millrace/headers'
import { peerMatcher, type ProxyProtocolOptions } from '@millrace/proxy-protocol'
import { upgradeProtocol } from './upgrade-protocol.ts'

/** Where to listen. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** What the proxy does: fetch everything from one server, or whatever it is asked for. */
export type ProxyMode =
  | { readonly kind: 'reverse'; readonly to: Origin; readonly url: string; readonly preserveHost: boolean }
  | { readonly kind: 'forward'; readonly connectPorts: readonly number[] | 'all' }

/** Whose PROXY header is believed, and what becomes of connections from elsewhere. */
export type TrustedProxies = Required<Pick<ProxyProtocolOptions, 'untrusted'>> & {
  readonly trusted: readonly string[]
}

/** What the command line asks for. */
export interface CommandLine {
  readonly mode: ProxyMode
  readonly listen: ListenAddress
  /** Our name in Via; `undefined` for one of our own making. */
  readonly pseudonym: string | undefined
  /** The proxies in front of us that say in a PROXY header whom they speak for; `null`: there are none. */
  readonly proxies: TrustedProxies | null
  /** Protocols that an Upgrade may switch to. */
  readonly upgradeProtocols: readonly string[]
  readonly connectTimeoutMs: number
  readonly headTimeoutMs: number
  readonly idleTimeoutMs: number
  /** How long open connections have when the process is told to end. */
  readonly graceMs: number
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

const COMMAND_NAME = 'millrace-proxy'
const DEFAULT_PORT = 8080

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
  readonly to?: { readonly origin: Origin; readonly url: string }
  readonly forward?: true
  readonly preserveHost?: true
  readonly connectPorts?: readonly number[] | 'all'
  readonly port?: number
  readonly host: string
  readonly unix?: string
  readonly via?: string
  readonly proxyProtocol?: readonly string[]
  readonly proxyProtocolOthers: TrustedProxies['untrusted']
  readonly upgrade: readonly string[] | false
  readonly connectTimeout: number
  readonly headTimeout: number
  readonly idleTimeout: number
  readonly grace: number
  readonly quiet?: true
}

function defineCommand(version: string): Command {
  return new Command(COMMAND_NAME)
    .description('A forward and reverse proxy for HTTP/1.1.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(
      new Option('--to <url>', 'reverse proxy: fetch everything from this server').argParser(parseServer),
    )
    .addOption(
      new Option('--forward', 'forward proxy: fetch what clients name, and tunnel CONNECT').conflicts([
        'to',
        'preserveHost',
      ]),
    )
    .option('--preserve-host', 'send the Host of the client to the server, instead of its own')
    .addOption(
      new Option(
        '--connect-ports <list>',
        'ports that CONNECT may reach, separated by commas, or "all" (default: 443)',
      )
        .argParser(parsePorts)
        .conflicts('to'),
    )
    .option(
      '-p, --port <number>',
      `port to listen on, 0 for any free one (default: ${DEFAULT_PORT}, env: PORT)`,
      parsePort,
    )
    .option('--host <address>', 'address to listen on; 0.0.0.0 or :: lets other machines in', '127.0.0.1')
    .addOption(new Option('--unix <path>', 'listen on a unix socket instead').conflicts(['port', 'host']))
    .option('--via <name>', 'our name in Via (default: a random one)', parseName)
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
    .addOption(
      new Option('--upgrade <protocols>', 'what an Upgrade may switch to, separated by commas')
        .argParser(parseProtocols)
        .default(['websocket'], '"websocket"'),
    )
    .option('--no-upgrade', 'pass no Upgrade on')
    .addOption(seconds('connect-timeout', 'for a server to accept a connection', 10_000))
    .addOption(seconds('head-timeout', 'for a server to begin its response', 60_000))
    .addOption(seconds('idle-timeout', 'without a byte from a server', 60_000))
    .addOption(seconds('grace', 'for open connections when told to end', 5_000))
    .option('-q, --quiet', 'print errors only')
    .allowExcessArguments(false)
}

function seconds(flag: string, description: string, standardMs: number): Option {
  return new Option(`--${flag} <seconds>`, description)
    .argParser(parseSeconds)
    .default(standardMs, `${standardMs / 1_000}`)
}

function commandLineOf(
  command: Command,
  environment: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const options = command.opts<ParsedOptions>()
  return {
    mode: modeFrom(command, options),
    listen:
      options.unix === undefined
        ? { kind: 'tcp', host: options.host, port: options.port ?? portFrom(command, environment['PORT']) }
        : { kind: 'unix', path: options.unix },
    pseudonym: options.via,
    proxies: proxiesFrom(command, options),
    upgradeProtocols: options.upgrade === false ? [] : options.upgrade,
    connectTimeoutMs: options.connectTimeout,
    headTimeoutMs: options.headTimeout,
    idleTimeoutMs: options.idleTimeout,
    graceMs: options.grace,
    quiet: options.quiet ?? false,
  }
}

function modeFrom(
  command: Command,
  { to, forward, preserveHost, connectPorts = [443] }: ParsedOptions,
): ProxyMode {
  if (to !== undefined) {
    return { kind: 'reverse', to: to.origin, url: to.url, preserveHost: preserveHost ?? false }
  }
  if (forward === true) return { kind: 'forward', connectPorts }
  return command.error('error: one of --to <url> and --forward is needed')
}

function proxiesFrom(command: Command, options: ParsedOptions): TrustedProxies | null {
  const { proxyProtocol: trusted, proxyProtocolOthers: untrusted } = options
  if (trusted !== undefined) return { trusted, untrusted }
  if (command.getOptionValueSource('proxyProtocolOthers') !== 'cli') return null
  return command.error('error: --proxy-protocol-others needs --proxy-protocol <peers>')
}

function portFrom(command: Command, text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
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

function parsePorts(text: string): readonly number[] | 'all' {
  if (text === 'all') return 'all'
  const ports = text.split(',').map((part) => parsePort(part.trim()))
  if (ports.includes(0)) throw new InvalidArgumentError('Nobody listens on port 0.')
  return ports
}

function parseSeconds(text: string): number {
  if (!/^\d{1,6}(?:\.\d{1,3})?$/.test(text)) throw new InvalidArgumentError('A time is a number of seconds.')
  return Number(text) * 1_000
}

function parseName(text: string): string {
  if (!isToken(text))
    throw new InvalidArgumentError('A name is letters, digits and a few signs, without spaces.')
  return text
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

function parseProtocols(text: string): string[] {
  try {
    return text.split(',').map((protocol) => upgradeProtocol(protocol.trim()))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new InvalidArgumentError(error.message)
  }
}

function parseServer(text: string): NonNullable<ParsedOptions['to']> {
  const url = URL.canParse(text) ? new URL(text) : null
  const isServer =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.password === ''
  if (!isServer || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new InvalidArgumentError('A server is http://host:port or https://host:port.')
  }
  const secure = url.protocol === 'https:'
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port)
  return { origin: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port, secure }, url: url.origin }
}
