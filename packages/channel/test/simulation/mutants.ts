import type { Headers } from '@millrace/headers'
import type { ConnectionLost, Transport } from '@millrace/transport'
import { STRICT } from '../../src/index.ts'
import type { ErrorHook, HTTPChannelOptions, Request } from '../../src/index.ts'
import type { WatchedChannel } from './channels.ts'
import { toText } from './latin1.ts'

type Channel = typeof WatchedChannel

/** A way to break the channel. */
interface Mutant {
  readonly name: string
  /** What is to be seen of it. */
  readonly sign: RegExp
  readonly change: (channel: Channel) => Channel
}

/** A transport that passes everything on, but for what `own` does instead. */
function replaced(transport: Transport, own: Partial<Transport>): Transport {
  return new Proxy(transport, {
    get(target, name) {
      const value: unknown = Reflect.get(name in own ? own : target, name)
      return typeof value === 'function' ? (value.bind(name in own ? own : target) as unknown) : value
    },
  })
}

/** Has every write pass through `write`, as one piece. */
function rewriting(
  transport: Transport,
  write: (bytes: Uint8Array) => void,
  own: Partial<Transport> = {},
): Transport {
  const writeSequence = (parts: readonly Uint8Array[]): void => write(new Uint8Array(Buffer.concat(parts)))
  return replaced(transport, { write, writeSequence, ...own })
}

const answersOutOfOrder = (Base: Channel): Channel =>
  class extends Base {
    override makeConnection(transport: Transport): void {
      let kept: Uint8Array | null = null
      const release = (): void => {
        if (kept !== null) transport.write(kept)
        kept = null
      }
      const write = (bytes: Uint8Array): void => {
        if (kept === null && toText(bytes).startsWith('HTTP/1.1 2')) {
          kept = bytes
          return
        }
        transport.write(bytes)
        release()
      }
      const closeWrite = (): void => {
        release()
        transport.closeWrite()
      }
      super.makeConnection(rewriting(transport, write, { closeWrite }))
    }
  }

const dropsTheLastChunk = (Base: Channel): Channel =>
  class extends Base {
    override makeConnection(transport: Transport): void {
      super.makeConnection(transport)
      const { output } = this
      const add = output.add.bind(output)
      output.add = (octets) => octets !== '0\r\n\r\n' && add(octets)
    }
  }

const losesAnOctetOfContent = (Base: Channel): Channel =>
  class extends Base {
    override rawDataReceived(bytes: Uint8Array): void {
      super.rawDataReceived(bytes.length > 200 ? bytes.slice(1) : bytes)
    }
  }

const swapsOctetsOfContent = (Base: Channel): Channel =>
  class extends Base {
    override rawDataReceived(bytes: Uint8Array): void {
      const changed = new Uint8Array(bytes)
      if (this.length !== null && bytes.length > 100 && bytes.length <= this.length)
        changed.copyWithin(50, 51, 52)
      super.rawDataReceived(changed)
    }
  }

const forgetsATimer = (Base: Channel): Channel =>
  class extends Base {
    override setTimeout(periodMs: number | null): number | null {
      return periodMs === null ? this.timeOut : super.setTimeout(periodMs)
    }
  }

const neverPausesThePeer = (Base: Channel): Channel =>
  class extends Base {
    override makeConnection(transport: Transport): void {
      super.makeConnection(replaced(transport, { pauseProducing: () => undefined }))
    }
  }

const ignoresASlowReader = (Base: Channel): Channel =>
  class extends Base {
    override pauseProducing(): void {}
  }

const answersTwice = (Base: Channel): Channel =>
  class extends Base {
    override requestDone(request: object): void {
      if (this.readState !== 'closed')
        this.output.add('HTTP/1.1 200 OK\r\nX-Id: 0\r\nContent-Length: 0\r\n\r\n')
      super.requestDone(request)
    }
  }

const readsOnBehindAnError = (Base: Channel): Channel =>
  class extends Base {
    override lineReceived(line: Uint8Array): void {
      try {
        super.lineReceived(line)
      } catch {
        this.output.add('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      }
    }
  }

const losesWhatIsBehindAHead = (Base: Channel): Channel =>
  class extends Base {
    override allHeadersReceived(): void {
      if (this.lineBuffer.length % 7 === 3) this.clearLineBuffer()
      super.allHeadersReceived()
    }
  }

const doesNotWaitForTheAnswer = (Base: Channel): Channel =>
  class extends Base {
    protected override updateFlow(): void {}
  }

const speaksBehindTheLoss = (Base: Channel): Channel =>
  class extends Base {
    override connectionLost(reason: ConnectionLost): void {
      super.connectionLost(reason)
      this.allContentReceived()
    }
  }

const neverTellsTheEnd = (Base: Channel): Channel =>
  class extends Base {
    protected override dropRequest(): void {
      this.current = null
    }
  }

const endsContentTwice = (Base: Channel): Channel =>
  class extends Base {
    override contentEnded(request: Request, rest: Uint8Array, trailers: Headers | undefined): void {
      super.contentEnded(request, rest, trailers)
      this.become('done')
    }
  }

const keepsSilentAboutErrors = (Base: Channel): Channel =>
  class extends Base {
    protected override refuse(): void {
      this.abortConnection()
    }
  }

/** Makes a channel with other options than it is given. */
const otherwise =
  (change: (options: HTTPChannelOptions) => Partial<HTTPChannelOptions>) =>
  (Base: Channel): Channel =>
    class extends Base {
      constructor(options: HTTPChannelOptions) {
        super({ ...options, ...change(options) })
      }
    }

const forgivesEverything = otherwise(() => ({
  leniency: Object.fromEntries(Object.keys(STRICT).map((flag) => [flag, true])),
}))

const forgivesNothing = otherwise(() => ({ leniency: STRICT }))

const staysBehindTwoLengths = (Base: Channel): Channel =>
  class extends Base {
    override responseBegins(request: Request): void {
      super.responseBegins(request)
      if (request.head.leniencies.includes('chunkedOverLength')) this.persistent = true
    }
  }

const answersInItsOwnWords = otherwise(({ onError }) => ({
  onError: (...report: Parameters<ErrorHook>) => void onError?.(...report),
}))

const speaksBehindTheAnswerToAnError = (Base: Channel): Channel =>
  class extends Base {
    protected override refuse(error: unknown): void {
      const isOver = this.isOver
      super.refuse(error)
      if (this.isOver && !isOver) this.transport.write(new TextEncoder().encode('.'))
    }
  }

const waitsForWhoLeft = (Base: Channel): Channel =>
  class extends Base {
    protected override get isForgotten(): boolean {
      return false
    }
  }

const holdsWhatNobodyReads = (Base: Channel): Channel =>
  class extends Base {
    override contentUnwanted(): void {
      if (this.requests.length > 0) super.contentUnwanted()
    }
  }

/** Ways to break the channel, each of which must be noticed. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'answers out of order',
    sign: /no response at|out of order|framing broken/,
    change: answersOutOfOrder,
  },
  {
    name: 'drops the last chunk of a response',
    sign: /answers of \d+ arrived|cut short|no CRLF|framing broken|no response at/,
    change: dropsTheLastChunk,
  },
  { name: 'loses an octet of content', sign: /content that was not sent/, change: losesAnOctetOfContent },
  { name: 'overwrites an octet of content', sign: /content that was not sent/, change: swapsOctetsOfContent },
  { name: 'forgets a timer', sign: /timers outlive the connection/, change: forgetsATimer },
  { name: 'never pauses the peer', sign: /^holds \d+ octets, more than/, change: neverPausesThePeer },
  {
    name: 'ignores that the peer reads slowly',
    sign: /octets wait for the peer/,
    change: ignoresASlowReader,
  },
  { name: 'answers twice', sign: /out of order/, change: answersTwice },
  {
    name: 'reads on behind an error',
    sign: /bytes behind a response that closes/,
    change: readsOnBehindAnError,
  },
  {
    name: 'loses what is behind a head at some cuts',
    sign: /not answered|requests were dispatched|not what|content/,
    change: losesWhatIsBehindAHead,
  },
  {
    name: 'does not wait for the answer before the next request',
    sign: /dispatched while another is owed/,
    change: doesNotWaitForTheAnswer,
  },
  {
    name: 'calls a hook behind the loss of the connection',
    sign: /after the connection was lost/,
    change: speaksBehindTheLoss,
  },
  { name: 'tells nobody that the connection is lost', sign: /nobody told request/, change: neverTellsTheEnd },
  { name: 'makes an illegal move', sign: /illegal move/, change: endsContentTwice },
  {
    name: 'closes without a word about an error',
    sign: /not told that it spoke nonsense/,
    change: keepsSilentAboutErrors,
  },
  {
    name: 'forgives what no flag forgives',
    sign: /is forgiven, which it must not be/,
    change: forgivesEverything,
  },
  { name: 'forgives nothing', sign: /requests were dispatched/, change: forgivesNothing },
  {
    name: 'stays behind a request of two lengths',
    sign: /does not say that it is the last/,
    change: staysBehindTwoLengths,
  },
  {
    name: 'answers an error in its own words',
    sign: /not the answer to the error/,
    change: answersInItsOwnWords,
  },
  {
    name: 'speaks behind the answer to an error',
    sign: /written behind the close/,
    change: speaksBehindTheAnswerToAnError,
  },
  { name: 'waits for a reader who left', sign: /is body for ever/, change: waitsForWhoLeft },
  { name: 'holds what nobody reads', sign: /octets of content/, change: holdsWhatNobodyReads },
]
