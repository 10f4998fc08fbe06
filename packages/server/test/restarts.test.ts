import { connect, type Socket } from 'node:net'
import { HTTPChannel, Request } from '@millrace/channel'
import { describe, expect, it } from 'vitest'
import { listen, type Server } from '../src/index.ts'

const RESTARTS = 50
/** How many requests each client sends ahead: keep-alive clients and pipelining ones. */
const CLIENTS = [1, 1, 1, 1, 1, 1, 4, 8, 16]

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What servers saw and clients got, by the number of the request. */
class Book {
  readonly dispatched: Map<string, number> = new Map()
  readonly answered: Set<string> = new Set()
  repeated = 0
  #last = 0

  next(): string {
    this.#last += 1
    return String(this.#last)
  }
}

/** Answers with the number that was asked for, some turns later for every third one. */
function serving(book: Book, port: number): Promise<Server> {
  class Numbered extends Request {
    override async process(): Promise<void> {
      const number = this.path.slice(1)
      book.dispatched.set(number, (book.dispatched.get(number) ?? 0) + 1)
      if (Number(number) % 3 === 0) for (let turns = 0; turns < 5; turns += 1) await turn()
      this.finish(`<${number}>`)
    }
  }
  const requestFactory = (...args: ConstructorParameters<typeof Request>): Request => new Numbered(...args)
  const channel = { requestFactory }
  return listen((settings) => new HTTPChannel(settings), { port, channel })
}

/** Starts anew at a port that the last server has just given back. */
async function servingAgain(book: Book, port: number): Promise<Server> {
  for (;;) {
    try {
      return await serving(book, port)
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_LISTEN_IN_USE') throw error
      await turn()
    }
  }
}

/** Sends requests over one connection after the other until told to stop; repeats those that no server began. */
async function client(book: Book, port: number, ahead: number, stopped: () => boolean): Promise<void> {
  let owed: string[] = []
  while (!stopped() || owed.length > 0) {
    owed = await converse(book, port, ahead, owed, stopped)
    for (const number of owed) if (book.dispatched.has(number)) throw new Error(`lost request ${number}`)
    book.repeated += owed.length
    await turn()
  }
}

/** Runs one connection to its end; returns the requests that were sent on it and not answered. */
function converse(
  book: Book,
  port: number,
  ahead: number,
  first: readonly string[],
  stopped: () => boolean,
): Promise<string[]> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1')
    const owed = [...first]
    let received = ''
    let closing = false
    const send = (): void => {
      if (!closing && !stopped()) while (owed.length < ahead) owed.push(fresh())
      if (owed.length === 0) socket.end()
    }
    const fresh = (): string => {
      const number = book.next()
      socket.write(`GET /${number} HTTP/1.1\r\nHost: a\r\n\r\n`)
      return number
    }
    for (const number of first) socket.write(`GET /${number} HTTP/1.1\r\nHost: a\r\n\r\n`)
    send()
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      received += text
      for (let end = received.indexOf('>'); end !== -1; end = received.indexOf('>')) {
        const answer = received.slice(0, end + 1)
        received = received.slice(end + 1)
        closing ||= answer.includes('Connection: close')
        const number = owed.shift() as string
        if (!answer.endsWith(`<${number}>`)) throw new Error(`${number} was answered by ${answer}`)
        book.answered.add(number)
      }
      send()
    })
    socket.on('error', () => {}) // refused between two servers, or reset before it was accepted
    socket.on('close', () => resolve(owed))
  })
}

describe('a server that is restarted under load', () => {
  it.each([
    ['with a grace for idle connections', 20],
    ['at once', 0],
  ])(
    `loses no request in ${RESTARTS} restarts, %s`,
    async (_name, idleGraceMs) => {
      const book = new Book()
      let isOver = false
      let server = await serving(book, 0)
      const { port } = server
      const clients = CLIENTS.map((ahead) => client(book, port, ahead, () => isOver))
      const endings: Promise<void>[] = []
      for (let restart = 0; restart < RESTARTS; restart += 1) {
        const before = book.answered.size
        while (book.answered.size < before + 100) await turn()
        endings.push(server.close({ idleGraceMs }))
        server = await servingAgain(book, port)
      }
      isOver = true
      await Promise.all([...clients, ...endings])
      await server.close()
      expect(book.answered.size).toBeGreaterThan(RESTARTS * 100)
      expect([...book.dispatched.values()].every((count) => count === 1)).toBe(true)
      expect([...book.dispatched.keys()].filter((number) => !book.answered.has(number))).toEqual([])
    },
    60_000,
  )
})
