import { escapeWire, wireText } from '../escape.ts'
import { assertSame, assertThat, type Outcome, type Target } from '../target.ts'
import { openRun } from './channel-rig.ts'
import { channelTarget, type ChannelCase } from './channel.ts'
import { isExplained } from './explained.ts'
import { NodeServer } from './node-http.ts'

/** A field of a head; the content of a message is not on lines of its own. */
const UPGRADE = /^\S+ \S+ 1\.[0-9]\n(?: {2}.*\n)* {2}upgrade: /i

/** Shorter examples are better ones; one of each class is kept. */
class Classes {
  readonly #classes = new Map<string, { count: number; example: Uint8Array }>()

  add(name: string, example: Uint8Array): void {
    const known = this.#classes.get(name)
    if (known === undefined) {
      this.#classes.set(name, { count: 1, example })
      return
    }
    known.count += 1
    if (example.length < known.example.length) known.example = example
  }

  lines(title: string): string[] {
    return [...this.#classes].map(
      ([name, { count, example }]) => `${title}: ${name} ×${count}, ${escapeWire(example.subarray(0, 200))}`,
    )
  }
}

/** The channel beside `node:http`: where both take a request, it is the same one. */
export function differentialTarget(): Target<ChannelCase> {
  const node = new NodeServer()
  const { generate } = channelTarget()
  const nodeRefuses = new Classes()
  const oursRefuses = new Classes()

  function check({ wire }: ChannelCase): Outcome {
    const run = openRun(0, [], 'read', false)
    if (wire.length > 0) run.feed([wire])
    const theirs = node.read(wire)
    const ours = untilTunnel(run.events)
    const nodes = untilTunnel(theirs.events)
    const both = Math.min(ours.length, nodes.length)
    for (let at = 0; at < both; at += 1) assertSame(`event ${at}`, ours[at], nodes[at])
    if (ours.length > both) {
      const code = theirs.code ?? 'silence'
      nodeRefuses.add(code, wire)
      const headAt = both - (both % 2)
      const refused = { code, head: ours[headAt] ?? '', before: ours[headAt - 2] ?? '', wire: wireText(wire) }
      assertThat(isExplained(refused), `Node refuses with ${code} what ours takes, and nobody said why`)
    } else if (nodes.length > both) {
      oursRefuses.add(run.errors[0]?.code ?? 'silence', wire)
    }
    run.tearDown()
    return both > 0 ? 'accepted' : 'rejected'
  }

  return {
    name: 'differential',
    generate: (chance) => ({
      ...generate(chance),
      limits: 0,
      leniency: [],
      handling: 'read',
      ending: 'nothing',
    }),
    check,
    notes: () => [
      ...nodeRefuses.lines('ours takes, Node refuses'),
      ...oursRefuses.lines('Node takes, ours refuses'),
    ],
  }
}

/**
 * Behind a CONNECT, Node has a tunnel, and ours a request that has content if its fields say so. Behind an Upgrade that
 * nobody takes, Node drops what follows and says nothing of errors.
 */
function untilTunnel(events: readonly string[]): readonly string[] {
  const last = events.findIndex((event) => event.startsWith('CONNECT ') || UPGRADE.test(event))
  return last === -1 ? events : events.slice(0, last + 1)
}
