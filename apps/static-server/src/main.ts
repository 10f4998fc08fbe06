#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { RemoteProtocolError } from '@millrace/channel'
import type { Server } from '@millrace/server'
import { banner, flagsInForce, startLines } from './announcement.ts'
import { COMMAND_NAME, readCommandLine, type CommandLine } from './command-line.ts'
import { exchangeLine, failureLine, refusalLine, unknownClientLine } from './log-lines.ts'
import { StartError, startSite, type SiteObservers } from './start-site.ts'

/** What a response may take to its end when the server is told to stop. */
const GRACE_MS = 5_000

// Output that nobody reads any more is no reason to stop serving.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const reading = readCommandLine(process.argv.slice(2), process.env, ownVersion())
switch (reading.kind) {
  case 'print':
    process.stdout.write(reading.text)
    break
  case 'wrong':
    process.stderr.write(`${reading.message}\n`)
    process.exitCode = 2
    break
  case 'serve':
    await serve(reading.commandLine)
    break
  default:
    reading satisfies never
}

async function serve(commandLine: CommandLine): Promise<void> {
  const { quiet } = commandLine
  try {
    const { server, root } = await startSite(commandLine, {
      onError: (error, request) => log(failureLine(error, request)),
      ...(quiet ? {} : accessLog()),
    })
    endOnSignals(server)
    if (!quiet) announce(server, root, commandLine)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    log(`${COMMAND_NAME}: ${error.message}`)
    process.exitCode = 1
  }
}

function accessLog(): Omit<SiteObservers, 'onError'> {
  return {
    onExchange: (exchange) => log(exchangeLine(exchange)),
    onUnknownClient: (error, peer) => log(unknownClientLine(error, peer)),
    channel: {
      onError: (error) => {
        if (error instanceof RemoteProtocolError) log(refusalLine(error))
      },
    },
  }
}

function announce(server: Server, root: string, commandLine: CommandLine): void {
  const announcement = {
    url: commandLine.listen.kind === 'tcp' ? `${server.url}/` : server.url,
    port: server.port,
    pid: process.pid,
    root,
    flags: flagsInForce(commandLine),
  }
  process.stdout.write(process.stdout.isTTY ? banner(announcement) : startLines(announcement))
}

/** The first signal lets the responses under way come to their end, the second one does not wait. */
function endOnSignals(server: Server): void {
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isEnding) process.exit(128 + constants.signals[signal])
      isEnding = true
      // Not left to an empty event loop: a disk that hangs would keep the process for ever.
      void server.close({ graceMs: GRACE_MS }).then(() => process.exit(0))
    })
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`)
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
