import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, nginxCommand } from './peers/nginx.ts'
import { ask } from './ask.ts'
import { PinnedProcess, SERVER_CORE, sourceFile } from './pinned-process.ts'
import type { ProgramName } from './programs.ts'
import { HELLO } from './servers/answers.ts'
import type { Role } from './servers/program.ts'
import { withTemporaryFolder } from './temporary-folder.ts'
import { REQUESTS } from './wire.ts'
import { BARE_NET, NODE_HTTP, type Settings } from './workload.ts'

/** A server that listens, pinned to the core for servers. */
export interface RunningServer {
  readonly process: PinnedProcess
  readonly port: number
}

/** A kind of server, which can be started in a role. */
export interface ServerKind {
  readonly name: string
  readonly needs: readonly ProgramName[]
  start(role: Role, settings: Settings, isSecure: boolean): Promise<RunningServer>
}

/** A program of ours in `servers/`. */
function ours(name: string, file: string): ServerKind {
  const start = async (role: Role, { certificate }: Settings, isSecure: boolean): Promise<RunningServer> =>
    await withTemporaryFolder(async (folder) => {
      const keyFile = join(folder, 'key.pem')
      const certFile = join(folder, 'cert.pem')
      if (isSecure) {
        writeFileSync(keyFile, certificate.key)
        writeFileSync(certFile, certificate.cert)
      }
      const secure = isSecure ? [keyFile, certFile] : []
      return await listening(PinnedProcess.node(`servers/${file}`, [role, ...secure], SERVER_CORE))
    })
  return { name, needs: ['taskset'], start }
}

/** A program that only answers hello, and is run by another one. */
function hello(name: string, needed: ProgramName, args: readonly string[]): ServerKind {
  return {
    name,
    needs: ['taskset', needed],
    start: (_role, { programs }) => listening(new PinnedProcess([programs[needed], ...args], SERVER_CORE)),
  }
}

async function listening(process: PinnedProcess): Promise<RunningServer> {
  try {
    return { process, port: Number(await process.line()) }
  } catch (error) {
    await process.stop()
    throw error
  }
}

/** nginx says nothing when it listens, and has read its configuration by then. */
async function startNginx(command: string): Promise<RunningServer> {
  return await withTemporaryFolder(async (folder) => {
    const port = await freePort()
    const process = new PinnedProcess(nginxCommand(command, folder, port), SERVER_CORE)
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { content } = await ask(port, REQUESTS.hello)
        if (content === HELLO) return { process, port }
        throw new Error('nginx answers something else')
      } catch (error) {
        if (attempt < 50) {
          await new Promise((resolve) => setTimeout(resolve, 100))
          continue
        }
        await process.stop()
        throw error
      }
    }
  })
}

export const BARE: ServerKind = ours(BARE_NET, 'bare-net')
export const NODE: ServerKind = ours(NODE_HTTP, 'node-http')
export const CHANNEL: ServerKind = ours('millrace channel', 'channel')
export const SERVE: ServerKind = ours('millrace serve', 'serve')
export const SERVE_LIGHT: ServerKind = ours('millrace serve, light', 'serve-light')
export const FASTIFY: ServerKind = ours('fastify', 'fastify')
export const HONO: ServerKind = ours('hono', 'hono')
export const SRVX: ServerKind = ours('srvx', 'srvx')
export const SRVX_FAST: ServerKind = ours('srvx, FastResponse', 'srvx-fast')
export const NGINX: ServerKind = {
  name: 'nginx',
  needs: ['taskset', 'nginx'],
  start: (_role, { programs }) => startNginx(programs.nginx),
}
export const TWISTED: ServerKind = hello('twisted', 'twisted', [sourceFile('peers/twisted-hello.py')])
export const BUN: ServerKind = hello('bun', 'bun', ['run', sourceFile('peers/runtime-hello.mjs')])
export const DENO: ServerKind = hello('deno', 'deno', [
  'run',
  '--allow-net',
  sourceFile('peers/runtime-hello.mjs'),
])
