#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import type { ProxyProtocolError } from '@millrace/proxy-protocol'
import type { Address } from '@millrace/transport'
import { readCommandLine } from './command-line.ts'
import type { CommandLine } from './command-line.ts'
import { Gateway, Proxy, ReverseProxy, serveProxy } from './index.ts'
import type { GatewayChannel, RunningProxy, ServeProxyOptions } from './index.ts'

const EXIT_FAILED = 1
const EXIT_USAGE = 2

/**
 * Keeps V8's young generation small, in MB. What a relay makes dies as soon as it was passed on, and with it the buffers
 * of the sockets, which wait for a collection of the small objects that hold them: at the peak of a gibibyte this is 90 MB
 * of memory instead of 165 on Node 24. Before V8 12 there is no such flag, and no need: 100 MB on Node 20.
 */
function collectOften(): void {
  if (Number.parseInt(process.versions.v8, 10) < 12) return
  setFlagsFromString('--scavenger-max-new-space-capacity-mb=1')
}

async function main(): Promise<void> {
  const reading = readCommandLine(process.argv.slice(2), process.env, ownVersion())
  switch (reading.kind) {
    case 'print':
      process.stdout.write(reading.text)
      return
    case 'wrong':
      process.stderr.write(`${reading.message}\n`)
      process.exitCode = EXIT_USAGE
      return
    case 'serve':
      await serve(reading.commandLine)
      return
    default:
      reading satisfies never
  }
}

async function serve(commandLine: CommandLine): Promise<void> {
  const { mode, graceMs, quiet } = commandLine
  const gateway = makeGateway(commandLine)
  const makeChannel = (): GatewayChannel =>
    mode.kind === 'forward' ? new Proxy(gateway) : new ReverseProxy(gateway, mode.to, mode.preserveHost)
  let proxy: RunningProxy
  try {
    proxy = await serveProxy(gateway, makeChannel, listenOptions(commandLine))
  } catch (error) {
    process.stderr.write(`millrace-proxy: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = EXIT_FAILED
    return
  }
  if (!quiet) announce(proxy, commandLine)
  const end = (): void => void proxy.close(graceMs).then(() => process.exit())
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

function makeGateway({
  mode,
  pseudonym,
  upgradeProtocols,
  connectTimeoutMs,
  headTimeoutMs,
  idleTimeoutMs,
}: CommandLine): Gateway {
  return new Gateway({
    ...(pseudonym !== undefined && { pseudonym }),
    ...(mode.kind === 'forward' && { connectPorts: mode.connectPorts }),
    upgradeProtocols,
    connectTimeoutMs,
    upstream: { headTimeoutMs, idleTimeoutMs },
  })
}

function listenOptions({ listen, proxies, quiet }: CommandLine): ServeProxyOptions {
  const where = listen.kind === 'unix' ? { path: listen.path } : { host: listen.host, port: listen.port }
  if (proxies === null) return where
  return { ...where, proxyProtocol: { ...proxies, ...(!quiet && { onError: reportUnknownClient }) } }
}

/** A connection was broken off before it was known whose it is. Where it came from is what a list of proxies would need. */
function reportUnknownClient({ code, message }: ProxyProtocolError, peer: Address): void {
  const place = 'host' in peer ? peer.host : peer.family
  process.stderr.write(`millrace-proxy: ${code}: ${message}, from ${place}\n`)
}

/** A line for people on a terminal, an event for programs otherwise. */
function announce({ url, port }: RunningProxy, { mode }: CommandLine): void {
  const to = mode.kind === 'reverse' ? mode.url : undefined
  const event = { event: 'listening', url, port, mode: mode.kind, ...(to !== undefined && { to }) }
  const sentence = to === undefined ? `Forward proxy at ${url}` : `${url} is a proxy for ${to}`
  process.stdout.write(`${process.stdout.isTTY ? sentence : JSON.stringify(event)}\n`)
}

function ownVersion(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

// Output that nobody reads any more is no reason to stop serving.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

collectOften()
await main()
