import { Request } from '@millrace/channel'
import type { RequestChannel, RequestHead } from '@millrace/channel'
import type { Origin } from '@millrace/client'
import type { Headers } from '@millrace/headers'
import type { ConnectionLost } from '@millrace/transport'
import { answer } from './gateway-error.ts'
import type { Gateway } from './gateway.ts'
import { nominatedFields, protectedField } from './hop-by-hop.ts'
import { Relay } from './relay.ts'
import { fieldsToServer } from './request-fields.ts'
import { offeredUpgrade } from './upgrade.ts'
import { hasPassed } from './via.ts'

/** What we say we do. TRACE is not among it: it shows what was meant for us alone, and CONNECT is for some only. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/**
 * Where a request goes, and as what.
 *
 * @public
 */
export interface Route {
  readonly origin: Origin
  /** Octet for octet as the server gets it. */
  readonly requestTarget: string
  /** What Host says to the server. */
  readonly host: string
  /** Whether what the client claims about its own identity is dropped. */
  readonly dropIdentity: boolean
}

/**
 * A request that is answered by another server. {@link RelayingRequest.route} says by which one.
 *
 * @public
 */
export abstract class RelayingRequest extends Request {
  readonly gateway: Gateway
  #relay: Relay | null = null

  constructor(channel: RequestChannel, head: RequestHead, gateway: Gateway) {
    super(channel, head)
    this.gateway = gateway
  }

  /** Grows with everything that the server sends; 0 before. */
  get progress(): number {
    return this.#relay?.progress ?? 0
  }

  /** Methods that are accepted, as Allow lists them. */
  protected get allowedMethods(): string {
    return METHODS
  }

  /** Says where the request goes; `null` when it was answered already. */
  protected abstract route(): Route | null

  /** Adds to the fields that go to the server, last of all. Does nothing unless overridden. */
  protected addFields(fields: Headers): void {
    void fields
  }

  override process(): void {
    const route = this.#mayPass() ? this.route() : null
    if (route === null) return
    const nominated = nominatedFields(this.head.connectionValues)
    if (protectedField(nominated) !== undefined) {
      this.refuse(400)
      return
    }
    const upgrade = offeredUpgrade(this, this.gateway.upgradeProtocols)
    const rules = { ...route, nominated, upgrade, pseudonym: this.gateway.pseudonym }
    const headers = fieldsToServer(this.head, rules)
    this.#spendForward(headers)
    this.addFields(headers)
    const { contentLength } = this.head
    this.#relay = new Relay(this.gateway, this, upgrade !== null)
    this.#relay.start(route.origin, {
      method: this.method,
      requestTarget: route.requestTarget,
      headers,
      contentLength,
    })
  }

  override connectionLost(reason: ConnectionLost, error?: Error): void {
    super.connectionLost(reason, error)
    this.#relay?.cancel()
  }

  /** Answers in our own name and closes: what else comes on this connection is not looked at. */
  protected refuse(statusCode: number): void {
    const fields = statusCode === 405 ? { Allow: this.allowedMethods } : {}
    answer(this, statusCode, { ...fields, Connection: 'close' })
  }

  /** Answers OPTIONS about ourselves (RFC 9110 §9.3.7). */
  protected answerOptions(): void {
    this.setResponseCode(204)
    this.setHeader('Allow', this.allowedMethods)
    this.finish()
  }

  /** Looks at what concerns every proxy. */
  #mayPass(): boolean {
    if (this.method === 'TRACE') {
      this.refuse(405)
    } else if (hasPassed(this.requestHeaders.getAll('via'), this.gateway.pseudonym)) {
      this.refuse(508)
    } else if (this.method === 'OPTIONS' && this.#forwardsLeft === 0) {
      this.answerOptions()
    } else {
      return true
    }
    return false
  }

  /** How often the request may still be forwarded; `null` when nobody says (RFC 9110 §7.6.2). */
  get #forwardsLeft(): number | null {
    const value = this.requestHeaders.get('max-forwards')
    return value !== undefined && /^[0-9]{1,9}$/.test(value) ? Number(value) : null
  }

  #spendForward(headers: Headers): void {
    if (this.method !== 'OPTIONS') return
    const left = this.#forwardsLeft
    if (left !== null) headers.set('Max-Forwards', String(left - 1))
  }
}
