import { Readable } from 'node:stream'
import type { RequestContent } from '@millrace/channel'

/**
 * Octets in a memory of their own, as Fetch hands them out.
 *
 * @public
 */
export type OwnBytes = Uint8Array<ArrayBuffer>

/**
 * The content of a request as Fetch sees it: read once, as a stream or as a whole, and nothing is read from the client
 * before. As a whole it takes no stream.
 */
export class FetchBody {
  readonly #content: RequestContent | null
  #stream: ReadableStream<OwnBytes> | null
  #consumed = false

  constructor(source: RequestContent | ReadableStream<OwnBytes>) {
    const isStream = source instanceof ReadableStream
    this.#content = isStream ? null : source
    this.#stream = isStream ? source : null
  }

  /** The content as a stream: one and the same at each call. */
  get stream(): ReadableStream<OwnBytes> {
    this.#stream ??= this.#open()
    return this.#stream
  }

  /** Whether somebody read from it, or gave it up. */
  get used(): boolean {
    return this.#consumed || (this.#stream !== null && isDisturbed(this.#stream))
  }

  /**
   * Reads it all.
   *
   * @throws {TypeError} (rejects) when it was read, or is being read
   */
  async bytes(): Promise<OwnBytes> {
    this.#assertUsable()
    this.#consumed = true
    if (this.#stream !== null) return new Uint8Array(await new Response(this.#stream).arrayBuffer())
    const bytes = await (this.#content as RequestContent).bytes()
    return new Uint8Array(bytes) // what the socket read holds more than this content, and is not only ours
  }

  /**
   * Splits it in two that can be read independently; this one is the first.
   *
   * @throws {TypeError} when it was read, or is being read
   */
  tee(): FetchBody {
    this.#assertUsable()
    const [own, other] = this.stream.tee()
    this.#stream = own
    return new FetchBody(other)
  }

  #open(): ReadableStream<OwnBytes> {
    const content = this.#content as RequestContent
    return new ReadableStream<OwnBytes>(
      {
        pull: async (controller) => {
          const chunk = await content.read()
          if (chunk === null) controller.close()
          else controller.enqueue(chunk as OwnBytes)
        },
        cancel: () => content.discard(),
      },
      { highWaterMark: 0 }, // nothing is asked of the client before it is asked of us
    )
  }

  #assertUsable(): void {
    if (this.used || this.#stream?.locked === true)
      throw new TypeError('the body was read already, or is being read')
  }
}

/** Node tells this of its own streams and of the web's; its types know of the first alone. */
function isDisturbed(stream: ReadableStream): boolean {
  return Readable.isDisturbed(stream as unknown as Readable)
}
