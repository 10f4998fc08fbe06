import type { CommandLine } from './command-line.ts'

/** What there is to say once connections are accepted. */
export interface Announcement {
  /** With a slash at its end, unless it is that of a unix socket. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** The directory, as an absolute path. */
  readonly root: string
  /** The options that differ from their defaults, as they are written on a command line. */
  readonly flags: readonly string[]
}

/** For somebody at a terminal. */
export function banner({ url, root, flags }: Announcement): string {
  const rows = [['Local', url], ['Root', root], ...(flags.length === 0 ? [] : [['Flags', flags.join(' ')]])]
  const lines = rows.map(([label = '', value]) => `  ${label.padEnd(8)}${value}`)
  return `\n${lines.join('\n')}\n\n  Ctrl-C ends it.\n\n`
}

/** For whoever reads a file or a pipe: a line for people, and one for programs. */
export function startLines({ url, port, pid, root }: Announcement): string {
  return `Serving ${root} at ${url}\n${JSON.stringify({ event: 'listening', url, port, pid, root })}\n`
}

/** What of the command line is not as it is by default, except where the server listens: the URL says that. */
export function flagsInForce(commandLine: CommandLine): string[] {
  const { indexNames, listing, dotfiles, symlinks, proxies } = commandLine
  const index = indexNames.join(',')
  return [
    ...(index === 'index.html' ? [] : [`--index ${index}`]),
    ...(listing ? [] : ['--no-list']),
    ...(dotfiles === 'well-known' ? [] : [`--dotfiles ${dotfiles}`]),
    ...(symlinks === 'within-root' ? [] : [`--symlinks ${symlinks}`]),
    ...(proxies === null ? [] : [`--proxy-protocol ${proxies.trusted.join(',')}`]),
    ...(proxies?.untrusted === 'plain' ? ['--proxy-protocol-others plain'] : []),
  ]
}
