import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PinnedProcess, SERVER_CORE } from '../pinned-process.ts'
import { BARE_NET, NODE_HTTP, type Workload } from '../workload.ts'

/** The command that measures it: `apps/endurance` had to know first. */
const ENDURE = fileURLToPath(new URL('../../../endurance/dist/main.js', import.meta.url))

const SERVERS: Readonly<Record<string, string>> = {
  [BARE_NET]: 'bare-net',
  [NODE_HTTP]: 'node-http',
  'millrace channel': 'channel',
}

/** Octets in memory that one more idle connection costs. */
export const idleWorkloads: readonly Workload[] = [
  {
    name: 'idle connection',
    contestants: Object.entries(SERVERS).map(([name, server]) => ({
      name,
      needs: ['taskset'],
      measure: async ({ idleConnections }) => ({
        octetsOfConnection: await octetsOfConnection(server, idleConnections),
      }),
    })),
  },
]

async function octetsOfConnection(server: string, connections: number): Promise<number> {
  if (!existsSync(ENDURE)) throw new Error('apps/endurance is not built')
  const options = ['--rounds', '1', '--connections', String(connections), '--server', server, '--json']
  await using endure = new PinnedProcess([process.execPath, ENDURE, 'idle', ...options], SERVER_CORE)
  const { octets } = JSON.parse(await endure.line()) as { octets: Record<string, number> }
  return octets[server] as number
}
