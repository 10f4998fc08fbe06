import { describe, expect, it } from 'vitest'
import { negotiateType } from '../src/accept.ts'

const choose = (accept: string | undefined): string =>
  negotiateType(accept, ['text/html', 'application/json'])

describe('negotiateType (RFC 9110 §12.5.1)', () => {
  it.each([undefined, '', '*/*', 'text/html', 'text/*', 'image/png', 'text/html,application/json', 'x'])(
    'F12: gives the page for %j',
    (accept) => expect(choose(accept)).toBe('text/html'),
  )

  it.each([
    'application/json',
    'Application/JSON',
    'text/html;q=0.5, application/json',
    'text/html;q=0, */*',
    'application/*, text/html;q=0.9',
    'application/json, */*;q=0.1',
    'application/json; charset=utf-8 ; Q=0.5',
  ])('F12: gives JSON for %j', (accept) => expect(choose(accept)).toBe('application/json'))

  it.each([
    'application/json;q=0.5, text/html;q=0.9',
    'application/json;q=0',
    'application/jsonx',
    'text/application/json',
  ])('F12: reads the weight and the whole name in %j', (accept) => expect(choose(accept)).toBe('text/html'))

  it.each([
    'application/json;q=2',
    'application/json;q=abc',
    'application/json;q=0.1234',
    'application/json;q=1.5',
  ])('R66: drops %j, which has no proper weight', (accept) => expect(choose(accept)).toBe('text/html'))

  it('lets the most specific range decide', () => {
    expect(choose('application/*;q=1, application/json;q=0.1, text/html;q=0.5')).toBe('text/html')
  })
})
