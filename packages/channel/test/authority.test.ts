import { splits } from '@millrace/testing'
import { describe, expect, it } from 'vitest'
import type { HTTPChannelOptions } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

const GET = head('GET / HTTP/1.1', 'Host: a')

describe('acceptAuthority (rule 20)', () => {
  const acceptAuthority = (authority: string): boolean => authority === 'a'

  it('decides which authorities are answered; others get 421, and the connection closes', () => {
    const wire = GET + head('GET / HTTP/1.1', 'Host: b') + GET
    for (const pieces of splits(wire)) {
      const conversation = new Conversation({ acceptAuthority }).send(...pieces)
      expect(conversation).toMatchObject({ statuses: [200, 421], codes: ['ERR_MISDIRECTED'], closed: true })
    }
  })

  it('is asked about the authority of the target, where that overrides Host', () => {
    const conversation = new Conversation({ acceptAuthority })
    conversation.send(head('GET http://a/ HTTP/1.1', 'Host: b') + head('GET http://b/ HTTP/1.1', 'Host: a'))
    expect(conversation.statuses).toEqual([200, 421])
  })

  it('sees the head', () => {
    const seen: string[] = []
    const options: Partial<HTTPChannelOptions> = {
      acceptAuthority: (_authority, { requestTarget }) => seen.push(requestTarget) > 0,
    }
    new Conversation(options).send(GET)
    expect(seen).toEqual(['/'])
  })

  it('that throws is answered with 500', () => {
    const failing = (): never => {
      throw new Error('no')
    }
    expect(new Conversation({ acceptAuthority: failing }).send(GET)).toMatchObject({ statuses: [500] })
  })
})
