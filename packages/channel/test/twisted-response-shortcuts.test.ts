import { describe, expect, it } from 'vitest'
import { addCookie, redirect, Request, setETag, setLastModified } from '../src/index.ts'
import { Conversation, head } from './conversation.ts'

/** What `answer` makes of a request; the clock says Sun, 06 Nov 1994 08:49:37 GMT. */
function respond(answer: (request: Request) => void, fields: string[] = [], method = 'GET'): Conversation {
  class Answering extends Request {
    override process(): void {
      answer(this)
      if (!this.finished) this.finish()
    }
  }
  const conversation = new Conversation({ requestFactory: (channel, of) => new Answering(channel, of) })
  conversation.send(head(`${method} / HTTP/1.1`, 'Host: example.org', ...fields))
  expect(conversation.codes).toEqual([])
  return conversation
}

const NOW = Date.UTC(1994, 10, 6, 8, 49, 37)

describe('addCookie', () => {
  const cookies = (answer: (request: Request) => void): string[] =>
    [...respond(answer).wire.matchAll(/^Set-Cookie: (.*)\r$/gm)].map(([, value]) => value as string)

  it('adds one line for each cookie', () => {
    const lines = cookies((request) => {
      addCookie(request, 'a', '1')
      addCookie(request, 'a', '2')
      addCookie(request, '__Host-b', '"3"')
    })
    expect(lines).toEqual(['a=1', 'a=2', '__Host-b="3"'])
  })

  it('writes every attribute', () => {
    const [line] = cookies((request) =>
      addCookie(request, 'a', '1', {
        expires: NOW,
        maxAge: 60,
        domain: 'example.org',
        path: '/p',
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
      }),
    )
    expect(line).toBe(
      'a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Max-Age=60; Domain=example.org; Path=/p; Secure; HttpOnly; SameSite=lax',
    )
  })

  it('leaves out what is false, and takes a maxAge of 0 or less', () => {
    expect(
      cookies((request) => addCookie(request, 'a', '', { maxAge: 0, secure: false, httpOnly: false })),
    ).toEqual(['a=; Max-Age=0'])
    expect(cookies((request) => addCookie(request, 'a', '', { maxAge: -1 }))).toEqual(['a=; Max-Age=-1'])
  })

  it.each(['a\r\nSet-Cookie: b=c', 'a\nb', 'a\rb', 'a; Domain=evil.test', 'a\0b', 'a\x7f', '€'])(
    'throws for what would end the value, or the line: %j',
    (value) => {
      respond((request) => {
        expect(() => addCookie(request, 'a', value)).toThrow(TypeError)
        expect(() => addCookie(request, 'a', '1', { path: value })).toThrow(TypeError)
        expect(() => addCookie(request, 'a', '1', { domain: value })).toThrow(TypeError)
        expect(() => addCookie(request, 'a', '1', { sameSite: value as 'lax' })).toThrow(TypeError)
        expect(request.responseHeaders.has('set-cookie')).toBe(false)
      })
    },
  )

  it.each(['', 'a=b', 'a;b', 'a,b', 'a b', 'a\tb', 'a\r\nb', '\xa0a', 'a\0'])(
    'throws for the name %j',
    (name) => {
      respond((request) => expect(() => addCookie(request, name, '1')).toThrow(TypeError))
    },
  )

  it.each([Number.NaN, Infinity, 1.5])('throws a RangeError for maxAge %d', (maxAge) => {
    respond((request) => expect(() => addCookie(request, 'a', '1', { maxAge })).toThrow(RangeError))
  })

  it.each([Number.NaN, Infinity, 253_402_300_800_000])('throws a RangeError for expires %d', (expires) => {
    respond((request) => expect(() => addCookie(request, 'a', '1', { expires })).toThrow(RangeError))
  })

  it('throws once the head is sent, and does nothing once the connection is lost', () => {
    const conversation = respond((request) => {
      request.write('x')
      expect(() => addCookie(request, 'a', '1')).toThrow(expect.objectContaining({ code: 'ERR_HEAD_SENT' }))
    })
    expect(conversation.statuses).toEqual([200])
    const late: Request[] = []
    const lost = new Conversation({
      requestFactory: (channel, of) => {
        late.push(
          new (class extends Request {
            override process(): void {}
          })(channel, of),
        )
        return late[0] as Request
      },
    }).send(head('GET / HTTP/1.1', 'Host: a'))
    lost.transport.reset()
    addCookie(late[0] as Request, 'a', '1')
    expect(late[0]?.responseHeaders.size).toBe(0)
  })
})

describe('redirect', () => {
  it('sets 302 and Location, with no content of its own', () => {
    expect(respond((request) => redirect(request, '/there?a=1')).wire).toBe(
      'HTTP/1.1 302 Found\r\nLocation: /there?a=1\r\nContent-Length: 0\r\n\r\n',
    )
  })

  it('leaves the code to be changed afterwards', () => {
    const { wire } = respond((request) => {
      redirect(request, '/there')
      request.setResponseCode(308)
    })
    expect(wire).toMatch(/^HTTP\/1\.1 308 Permanent Redirect\r\nLocation: \/there\r\n/)
  })

  it.each(['/a\r\nX-Inj: 1', '/a\nb', '/\0', '/€'])('throws for %j, and changes nothing', (location) => {
    const { wire } = respond((request) => expect(() => redirect(request, location)).toThrow(TypeError))
    expect(wire).toBe('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })
})

describe('setETag', () => {
  /** The status, and what `setETag` said. */
  const outcome = (etag: string, noneMatch: string[], method = 'GET'): [number, boolean] => {
    let current = false
    const fields = noneMatch.map((value) => `If-None-Match: ${value}`)
    const conversation = respond((request) => (current = setETag(request, etag)), fields, method)
    expect(conversation.wire).toContain(`ETag: ${etag}\r\n`)
    return [conversation.statuses[0] as number, current]
  }

  it('sets the field, and says false without If-None-Match', () => {
    expect(outcome('"v1"', [])).toEqual([200, false])
  })

  it.each([
    ['the tag alone', ['"v1"']],
    ['a list', ['"v0", "v1"']],
    ['a list without spaces', ['"v0","v1","v2"']],
    ['a list with empty members', [', ,"v1",']],
    ['two lines', ['"v0"', '"v1"']],
    ['a weak tag', ['W/"v1"']],
    ['any', ['*']],
    ['a tag behind one with a backslash', ['"a\\", "v1"']],
    ['a tag behind one with a comma', ['"a,b", "v1"']],
  ])('makes it 304 when the client has that version: %s', (_what, noneMatch) => {
    expect(outcome('"v1"', noneMatch)).toEqual([304, true])
    expect(outcome('W/"v1"', noneMatch)).toEqual([304, true])
  })

  it.each([
    ['another tag', ['"v2"']],
    ['the tag as a part', ['"v1.1", "xv1"']],
    ['a list inside of one tag', ['"v0, v1"']],
    ['a star in a tag', ['"*"']],
    ['a tag without quotes', ['v1']],
    ['a tag that is not closed', ['"v1']],
    ['nothing', ['']],
    ['other case', ['"V1"']],
  ])('sends the content when the client has another: %s', (_what, noneMatch) => {
    expect(outcome('"v1"', noneMatch)).toEqual([200, false])
  })

  it('makes it 412 for methods that change something (RFC 9110 §13.1.2)', () => {
    expect(outcome('"v1"', ['*'], 'PUT')).toEqual([412, true])
    expect(outcome('"v1"', ['"v1"'], 'DELETE')).toEqual([412, true])
    expect(outcome('"v1"', ['"v1"'], 'HEAD')).toEqual([304, true])
  })

  it('does not turn a failure into a success (RFC 9110 §13.2.1)', () => {
    const answer = (request: Request): void => {
      request.setResponseCode(404)
      expect(setETag(request, '"v1"')).toBe(false)
      expect(setLastModified(request, NOW)).toBe(false)
    }
    expect(respond(answer, ['If-None-Match: *']).statuses).toEqual([404])
    expect(respond(answer, ['If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT']).statuses).toEqual([404])
  })

  it.each(['v1', '', '"', '"a"b"', '"a b"', 'w/"a"', 'W/a', '"a\r\n"', '"€"'])('throws for %j', (etag) => {
    respond((request) => {
      expect(() => setETag(request, etag)).toThrow(TypeError)
      expect(request.responseHeaders.size).toBe(0)
    })
  })

  it('costs time in proportion to the field', () => {
    const started = performance.now()
    outcome('"v1"', [`${'"",'.repeat(5_000)}"`])
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('setLastModified', () => {
  const outcome = (
    timeMs: number,
    since: string[],
    method = 'GET',
    ...others: string[]
  ): [number, boolean] => {
    let current = false
    const fields = [...since.map((value) => `If-Modified-Since: ${value}`), ...others]
    const conversation = respond((request) => (current = setLastModified(request, timeMs)), fields, method)
    return [conversation.statuses[0] as number, current]
  }

  it('sets the field in whole seconds, and says false without If-Modified-Since', () => {
    expect(respond((request) => setLastModified(request, NOW - 1)).wire).toContain(
      'Last-Modified: Sun, 06 Nov 1994 08:49:36 GMT\r\n',
    )
    expect(outcome(NOW, [])).toEqual([200, false])
  })

  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Thu, 01 Jan 2099 00:00:00 GMT',
  ])(
    'makes it 304 when the client’s version is as new, whichever form the date has (RFC 9110 §5.6.7): %s',
    (since) => {
      expect(outcome(NOW, [since])).toEqual([304, true])
      expect(outcome(NOW - 1, [since], 'HEAD')).toEqual([304, true])
    },
  )

  it.each(['Sun, 06 Nov 1994 08:49:36 GMT', 'Saturday, 06-Nov-93 08:49:37 GMT', 'Thu Jan  1 00:00:00 1970'])(
    'sends the content when the client’s version is older: %s',
    (since) => {
      expect(outcome(NOW, [since])).toEqual([200, false])
    },
  )

  it('places a year of two digits at most 50 years ahead (RFC 9110 §5.6.7)', () => {
    expect(outcome(NOW, ['Sunday, 06-Nov-44 08:49:37 GMT'])).toEqual([304, true])
    expect(outcome(NOW, ['Monday, 06-Nov-45 08:49:37 GMT'])).toEqual([200, false])
  })

  it.each([
    '',
    'yesterday',
    '0',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 99 Nov 1994 08:49:37 GMT',
    'Wed, 30 Feb 2094 08:49:37 GMT',
    'Sun, 06 Nov 2094 24:00:00 GMT',
    'Sun, 06 Nov 2094 08:61:37 GMT',
    'Sun, 06 Xyz 2094 08:49:37 GMT',
    'sun, 06 nov 2094 08:49:37 gmt',
    'Sunday, 31-Feb-34 08:49:37 GMT',
    'Sun Feb 31 08:49:37 2034',
    'Thu, 01 Jan 2099 00:00:00 GMT, Thu, 01 Jan 2099 00:00:00 GMT',
    `Thu, 01 Jan 2099 00:00:00 GMT${'\xa0'.repeat(3)}`,
  ])('ignores what is no date (RFC 9110 §13.1.3): %j', (since) => {
    expect(outcome(NOW, [since])).toEqual([200, false])
  })

  it('ignores two dates, equal or not (RFC 9110 §13.1.3)', () => {
    const since = 'Sun, 06 Nov 1994 08:49:37 GMT'
    expect(outcome(NOW, [since, since])).toEqual([200, false])
  })

  it('leaves the decision to If-None-Match when there is one (RFC 9110 §13.1.3)', () => {
    expect(outcome(NOW, ['Sun, 06 Nov 1994 08:49:37 GMT'], 'GET', 'If-None-Match: "other"')).toEqual([
      200,
      false,
    ])
  })

  it('is for GET and HEAD only (RFC 9110 §13.1.3)', () => {
    expect(outcome(NOW, ['Sun, 06 Nov 1994 08:49:37 GMT'], 'POST')).toEqual([200, false])
  })

  it('never says a time that is still to come (RFC 9110 §8.8.2.1)', () => {
    expect(respond((request) => setLastModified(request, NOW + 5_000)).wire).toContain(
      'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n',
    )
  })

  it('says the last of several times, where Twisted says the latest', () => {
    const { wire } = respond((request) => {
      setLastModified(request, NOW)
      setLastModified(request, 0)
    })
    expect(wire.match(/Last-Modified: .*/g)).toEqual(['Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT'])
  })

  it.each([Number.NaN, Infinity, -Infinity, 8.64e15])('throws a RangeError for %d', (timeMs) => {
    respond((request) => expect(() => setLastModified(request, timeMs)).toThrow(RangeError))
  })
})
