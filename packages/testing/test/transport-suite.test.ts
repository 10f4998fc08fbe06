import { memoryPair, seededRandom } from '../src/index.ts'
import type { MemoryPairOptions } from '../src/index.ts'
import { transportSuite } from '../src/transport-suite.ts'
import type { MakeTransportPair, TransportTraits } from '../src/transport-suite.ts'

const traits: TransportTraits = {
  families: ['memory'],
  secure: false,
  negotiatedProtocol: null,
  abortResetsPeer: true,
}

function pairOf(options: MemoryPairOptions): MakeTransportPair {
  return async (left, right, hooks) => {
    const pair = memoryPair(left, right, { ...options, onProtocolError: hooks.onProtocolError })
    return {
      async turn() {
        for (let pumps = 0; pumps < 50; pumps += 1) pair.pump()
        await new Promise((resolve) => setImmediate(resolve))
      },
      async close() {},
    }
  }
}

transportSuite('A memory pair', pairOf({}), traits)

const random = seededRandom(7)
transportSuite(
  'A memory pair with uneven reads',
  pairOf({ chunkBytes: () => 1 + random() * 100_000 }),
  traits,
)

transportSuite(
  'A secure memory pair',
  pairOf({ secure: true, negotiatedProtocol: 'http/1.1', highWaterMarkBytes: 1, receiveWindowBytes: 5_000 }),
  { ...traits, secure: true, negotiatedProtocol: 'http/1.1' },
)
