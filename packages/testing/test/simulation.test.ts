import type { Transport } from '@millrace/transport'
import { describe, expect, it } from 'vitest'
import {
  HAPPENINGS,
  RecordingProtocol,
  Simulation,
  simulationText,
  wireBytes,
  wireText,
} from '../src/index.ts'
import type { SimulatedConnection, SimulatedPair, SimulationReport } from '../src/index.ts'

/** Answers each line with itself in capitals. */
class Shouter extends RecordingProtocol {
  held = ''
  override dataReceived(bytes: Uint8Array): void {
    const lines = this.split(this.held + wireText(bytes))
    this.held = lines.pop() ?? ''
    for (const line of lines) this.transport.write(wireBytes(`${line.toUpperCase()}\n`))
  }
  override readConnectionLost(): void {
    this.transport.loseConnection()
  }
  split(text: string): string[] {
    return text.split('\n')
  }
}

/** A client that says some lines to a protocol and wants to hear all of them. */
function talk(
  connection: SimulatedConnection,
  protocol: Shouter,
  more: Partial<SimulatedPair> = {},
): SimulatedPair {
  const lines = Array.from(
    { length: 1 + connection.chance.below(9) },
    (_, i) => `${connection.id}.${i} hello\n`,
  )
  const said = lines.join('')
  return {
    protocol,
    client: { connectionMade: () => connection.send(said) },
    check: () => {
      if (!said.toUpperCase().startsWith(wireText(connection.received))) connection.violated('other words')
    },
    checkSettled: () => {
      const isCut = connection.transport.lostReason !== null || connection.transport.peerEnded
      if (!isCut && connection.received.length < said.length) connection.violated('too few words')
    },
    ...more,
  }
}

async function simulate(
  seed: number,
  join: (connection: SimulatedConnection) => SimulatedPair,
  connections = 5,
): Promise<SimulationReport> {
  return new Simulation({ seed, connections, join }).run()
}

/** What is found in some seeds. */
async function found(join: (connection: SimulatedConnection) => SimulatedPair): Promise<string[]> {
  const whats: string[] = []
  for (let seed = 1; seed <= 20; seed += 1) {
    const { violations } = await simulate(seed, join)
    whats.push(...violations.map(({ what }) => what))
  }
  return whats
}

const talkWith = (protocol: () => Shouter) => (connection: SimulatedConnection) =>
  talk(connection, protocol())

function fail(): never {
  throw new Error('a mistake')
}

const MISTAKES: Readonly<Record<string, (connection: SimulatedConnection) => Partial<SimulatedPair>>> = {
  'a protocol': () => ({ protocol: new RecordingProtocol({ dataReceived: fail }) }),
  'a client': () => ({ client: { connectionMade: fail } }),
  'a timer': ({ clock }) => ({ client: { connectionMade: () => void clock.callLater(0, fail) } }),
  'a task': (connection) => ({ client: { connectionMade: () => connection.later(fail) } }),
}

describe('Simulation', () => {
  it('finds nothing wrong with a protocol that is right', async () => {
    expect(await found(talkWith(() => new Shouter()))).toEqual([])
  })

  it('notices octets that are lost at some cuts', async () => {
    class Forgetful extends Shouter {
      override dataReceived(bytes: Uint8Array): void {
        super.dataReceived(bytes)
        if (this.held.length === 3) this.held = ''
      }
    }
    expect(await found(talkWith(() => new Forgetful()))).toContain('other words')
  })

  it('notices a protocol that swallows the end of what was said', async () => {
    class Lazy extends Shouter {
      override split(text: string): string[] {
        const lines = text.split('\n')
        return lines.length > 2 ? lines.slice(1) : [text]
      }
    }
    expect((await found(talkWith(() => new Lazy()))).length).toBeGreaterThan(0)
  })

  it('does the same again for the same seed, and something else for another', async () => {
    const join = talkWith(() => new Shouter())
    const report = await simulate(3, join)
    expect(await simulate(3, join)).toEqual(report)
    expect((await simulate(4, join)).log).not.toEqual(report.log)
  })

  it('makes as many connections as it was asked for, and tells both ends of everything', async () => {
    const events: string[] = []
    const join = (connection: SimulatedConnection): SimulatedPair => {
      const event = (name: string): void => void events.push(`${connection.id} ${name}`)
      const client = { connectionMade: () => event('made'), connectionLost: () => event('lost') }
      return talk(connection, new Shouter(), { client, checkEnd: () => event('end') })
    }
    const { connections } = await simulate(1, join, 9)
    expect(connections).toBe(9)
    for (const event of ['made', 'lost', 'end']) {
      const ids = events.filter((name) => name.endsWith(event)).map((name) => parseInt(name, 10))
      expect(ids.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    }
  })

  it('refuses to run without connections', () => {
    for (const connections of [0, -1, 1.5, NaN])
      expect(() => new Simulation({ seed: 1, connections, join: talkWith(() => new Shouter()) })).toThrow(
        RangeError,
      )
  })

  it('always brings a connection to rest that is to settle', async () => {
    const happenings = HAPPENINGS.filter(({ breaks }) => breaks !== true)
    let settled = 0
    const join = (connection: SimulatedConnection): SimulatedPair =>
      talk(connection, new Shouter(), {
        happenings,
        alwaysSettles: true,
        checkSettled: () => {
          settled += connection.inFlightBytes === 0 && connection.transport.bufferedBytes === 0 ? 1 : 0
        },
      })
    await simulate(1, join, 30)
    expect(settled).toBe(30)
  })

  it('notices a timer that outlives its connection', async () => {
    const whats = await found((connection) => {
      const protocol = new Shouter()
      return talk(connection, protocol, {
        client: { connectionMade: () => void connection.clock.callLater(1e9, () => undefined) },
      })
    })
    expect(whats).toContain('1 timers outlive the connection')
  })

  it('knows whose timer it is, and which were cancelled', async () => {
    const counts: number[] = []
    const join = (connection: SimulatedConnection): SimulatedPair => {
      const { clock } = connection
      const calls = [clock.callLater(1e9, () => undefined), clock.callLater(1e9, () => undefined)]
      calls[0]?.cancel()
      calls[0]?.cancel()
      counts.push(connection.timerCount)
      const connectionLost = (): void => {
        calls[1]?.cancel()
        if (calls.some((call) => call.active)) connection.violated('active')
      }
      return talk(connection, new Shouter(), { client: { connectionLost }, checkSettled: () => undefined })
    }
    expect((await simulate(1, join)).violations).toEqual([])
    expect(counts).toEqual([1, 1, 1, 1, 1])
  })

  it('notices what is written behind the close', async () => {
    class Chatty extends Shouter {
      override readConnectionLost(): void {
        this.transport.closeWrite()
        this.transport.write(wireBytes('one more thing'))
        this.transport.loseConnection()
      }
    }
    expect(await found(talkWith(() => new Chatty()))).toContain('written behind the close')
  })

  describe.each(Object.entries(MISTAKES))('when %s makes a mistake', (_, mistake) => {
    const join = (connection: SimulatedConnection): SimulatedPair =>
      talk(connection, new Shouter(), { ...mistake(connection), checkSettled: () => undefined })

    it('reports it', async () => {
      expect((await found(join)).join()).toContain('a mistake')
    })

    it('lets the pair excuse it', async () => {
      const excuses = (error: unknown): boolean => String(error).includes('a mistake')
      const whats = await found((connection) => ({ ...join(connection), excuses }))
      expect(whats.join()).not.toContain('a mistake')
    })
  })

  it('runs tasks and resolves promises later, out of any callback', async () => {
    let inside = false
    let passed = 0
    class Awaiting extends Shouter {
      override dataReceived(bytes: Uint8Array): void {
        inside = true
        super.dataReceived(bytes)
        inside = false
      }
    }
    await simulate(1, (connection) => {
      void connection.pass().then(() => (passed += 1))
      connection.later(() => expect(inside).toBe(false))
      return talk(connection, new Awaiting(), { happenings: HAPPENINGS })
    })
    expect(passed).toBe(5)
  })

  it('reports a check that throws', async () => {
    const whats = await found((connection) => talk(connection, new Shouter(), { checkEnd: fail }))
    expect(whats).toContain('Error: a mistake')
  })

  it('lets a pair have happenings of its own', async () => {
    let happened = 0
    await simulate(1, (connection) =>
      talk(connection, new Shouter(), {
        happenings: [...HAPPENINGS, { name: 'own', weight: 10, happen: () => (happened += 1) }],
      }),
    )
    expect(happened).toBeGreaterThan(5)
  })

  it('sends a protocol that paused no more than a window', async () => {
    class Paused extends Shouter {
      override makeConnection(transport: Transport): void {
        super.makeConnection(transport)
        transport.pauseProducing()
      }
    }
    let most = 0
    let left = 0
    await simulate(1, (connection) => ({
      protocol: new Paused(),
      client: { connectionMade: () => connection.send(new Uint8Array(200_000)) },
      happenings: HAPPENINGS.filter(({ breaks }) => breaks !== true),
      alwaysSettles: true,
      check: () => (most = Math.max(most, connection.transport.undeliveredBytes)),
      checkSettled: () => (left += connection.inFlightBytes > 0 ? 1 : 0),
    }))
    expect(left).toBe(5)
    expect(most).toBeLessThan(65_536 + 20_000)
  })

  it('says so when it never comes to rest', { timeout: 30_000 }, async () => {
    const { violations } = await simulate(
      1,
      (connection) => {
        const again = (): void => connection.later(again)
        again()
        return talk(connection, new Shouter(), { alwaysSettles: true })
      },
      1,
    )
    expect(violations).toContainEqual({ connection: 0, what: 'it never comes to rest' })
  })

  it('shows what happened to the connection of which something is wrong', async () => {
    const report = await simulate(1, (connection) =>
      talk(connection, new Shouter(), {
        checkEnd: () => {
          if (connection.id === 3) connection.violated('no three')
        },
      }),
    )
    const text = simulationText(report)
    expect(text).toContain('#3 deliver')
    expect(text).not.toContain('#2 ')
    expect(text).toMatch(/seed 1, 5 connections, 1 violations\n#3: no three$/)
  })
})
