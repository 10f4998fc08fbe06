import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RawClient } from './raw-client.ts'

/** A port on which nobody listens now. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** An HAProxy that runs, and is to be closed. */
export interface HAProxy {
  /** Where it takes connections. */
  readonly port: number
  close(): Promise<void>
}

/**
 * Runs HAProxy between a port of its own and ours, passing bytes on as they are.
 *
 * @param bind - what its frontend has behind its address: `ssl crt …`
 * @param server - what its server has behind its address: `send-proxy`
 * @param more - lines of its backend
 * @throws {Error} (rejects) when the program is missing, or does not take its configuration
 */
export async function startHAProxy(
  target: number,
  { bind = '', server = '', more = [] }: { bind?: string; server?: string; more?: readonly string[] },
): Promise<HAProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-haproxy-'))
  const port = await freePort()
  const file = join(folder, 'haproxy.cfg')
  const lines = [
    'defaults',
    '  mode tcp',
    '  timeout connect 5s',
    '  timeout client 30s',
    '  timeout server 30s',
    '  unique-id-format id-%rt',
    'frontend front',
    `  bind 127.0.0.1:${port} ${bind}`,
    '  default_backend back',
    'backend back',
    ...more.map((line) => `  ${line}`),
    `  server ours 127.0.0.1:${target} ${server}`,
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString('latin1')))
  child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString('latin1')))
  let ended: string | null = null
  const end = new Promise<void>((resolve) => {
    child.on('error', (error) => resolve(void (ended = String(error))))
    child.on('close', (code) => resolve(void (ended ??= `haproxy ended with ${code}: ${printed}`)))
  })
  const close = async (): Promise<void> => {
    child.kill('SIGKILL')
    await end
    await rm(folder, { recursive: true })
  }
  for (;;) {
    if (ended !== null) {
      await close()
      throw new Error(ended)
    }
    const client = await RawClient.connect(port).catch(() => null)
    client?.socket.destroy()
    if (client !== null) return { port, close }
  }
}
