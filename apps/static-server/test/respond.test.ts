import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { formatHttpDate } from '@millrace/message'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Site } from '../src/site.ts'
import { ask } from './answers.ts'
import { A_TXT, MODIFIED_SECONDS, SiteTree } from './site-tree.ts'

const tree = new SiteTree()
const site = new Site(tree.root)
const DATE = formatHttpDate(MODIFIED_SECONDS * 1000)
const LATER = formatHttpDate((MODIFIED_SECONDS + 60) * 1000)
let tag = ''

beforeAll(async () => {
  tree.write('index.html', '<h1>home</h1>')
  tree.write('sub/index.html', '<p>sub')
  tree.write('list/x.txt', 'x')
  tree.write('empty.txt', '')
  tree.write('app.js.gz', 'gz')
  tree.write('nix.txt', 'store', 1)
  tree.write('future.txt', 'future', Math.floor(Date.now() / 1000) + 3600)
  tree.directory('list/index.html.d')
  tag = (await ask(site, 'GET /a.txt')).fields['etag'] ?? ''
})
afterAll(() => tree.remove())
afterEach(() => tree.allClosed())

const get = (target: string, ...lines: string[]) => ask(site, `GET ${target}`, ...lines)
const getA = (...lines: string[]) => get('/a.txt', ...lines)

describe('respond: methods', () => {
  it('answers a file with its bytes, length, type and validators', async () => {
    const { status, fields, body } = await getA()
    expect([status, body]).toEqual([200, A_TXT])
    expect(fields).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '64',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      'cache-control': 'no-cache',
      'last-modified': DATE,
      etag: expect.stringMatching(/^"[0-9a-z]+-1s-[0-9a-z]+"$/),
    })
  })

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'CONNECT'])(
    'R2: %s → 405 with Allow',
    async (method) => {
      const { status, fields } = await ask(site, `${method} /a.txt`)
      expect([status, fields['allow']]).toEqual([405, 'GET, HEAD, OPTIONS'])
    },
  )

  it.each(['BREW', 'get', 'PROPFIND'])(
    'R2: %s is not understood → 501 (RFC 9110 §15.6.2)',
    async (method) => {
      expect((await ask(site, `${method} /a.txt`)).status).toBe(501)
    },
  )

  it.each(['/a.txt', '*', '/nothing'])('R3: OPTIONS %s → 204 with Allow', async (target) => {
    const { status, fields, answer } = await ask(site, `OPTIONS ${target}`)
    expect([status, fields, answer.body.kind]).toEqual([204, { allow: 'GET, HEAD, OPTIONS' }, 'none'])
  })

  it('R3: GET * and HEAD * → 400', async () => {
    expect((await get('*')).status).toBe(400)
    expect((await ask(site, 'HEAD *')).status).toBe(400)
    expect((await ask(site, 'OPTIONS /%')).status).toBe(400)
  })

  it('R4: the absolute form → the path is used', async () => {
    expect((await get('http://other/a.txt')).body).toBe(A_TXT)
  })

  it('R1: HEAD has the fields of GET and no body, for every kind of answer (RFC 9110 §9.3.2)', async () => {
    const targets = [
      '/a.txt',
      '/',
      '/sub',
      '/list/',
      '/nothing',
      '/%',
      '/empty.txt',
      '//a.txt',
      '/.env',
      '/nix.txt',
    ]
    const lines = [
      [],
      [`If-None-Match: ${tag}`],
      ['If-Match: "x"'],
      [`If-Modified-Since: ${LATER}`],
      ['Accept: application/json'],
    ]
    for (const target of targets) {
      for (const fields of lines) {
        const [one, other] = [
          await ask(site, `GET ${target}`, ...fields),
          await ask(site, `HEAD ${target}`, ...fields),
        ]
        expect([target, other.status, other.fields]).toEqual([target, one.status, one.fields])
        expect(other.answer.body.kind).toBe('none')
      }
    }
  })
})

describe('respond: validators and preconditions', () => {
  it('R7: a date in the future is sent as now', async () => {
    const nowMs = Date.now()
    const { fields } = await ask(new Site(tree.root, { wallTimeMs: () => nowMs }), 'GET /future.txt')
    expect(fields['last-modified']).toBe(formatHttpDate(nowMs))
    expect(fields['etag']).toMatch(/^W\//)
  })

  it('R10: a meaningless date gives neither Last-Modified nor ETag', async () => {
    const { status, fields } = await get('/nix.txt', `If-Modified-Since: ${LATER}`)
    expect([status, fields['last-modified'], fields['etag']]).toEqual([200, undefined, undefined])
  })

  it('R11: a file of this moment has a weak tag', async () => {
    const fresh = new Site(tree.root, { wallTimeMs: () => MODIFIED_SECONDS * 1000 + 1999 })
    expect((await ask(fresh, 'GET /a.txt')).fields['etag']).toBe(`W/${tag}`)
  })

  it('R12: mtime-size leaves the inode out of the tag', async () => {
    const portable = new Site(tree.root, { entityTag: 'mtime-size' })
    expect((await ask(portable, 'GET /a.txt')).fields['etag']).toMatch(/^"[0-9a-z]+-1s"$/)
  })

  it('F5: a replaced file has a new tag at once', async () => {
    tree.write('swap.txt', 'one')
    const before = (await get('/swap.txt')).fields['etag']
    renameSync(tree.write('swap-next.txt', 'two'), join(tree.root, 'swap.txt'))
    const after = await get('/swap.txt', `If-None-Match: ${before ?? ''}`)
    expect([after.status, after.body]).toEqual([200, 'two'])
    expect(after.fields['etag']).not.toBe(before)
  })

  it('R13, R29: 304 has ETag and Cache-Control, and nothing of the content (RFC 9110 §15.4.5)', async () => {
    const { status, fields, answer } = await getA(`If-None-Match: ${tag}`)
    expect([status, fields]).toEqual([304, { etag: tag, 'cache-control': 'no-cache' }])
    expect(answer.body.kind).toBe('none')
  })

  it('R29: 304 has Last-Modified where there is no tag', async () => {
    const { status, fields } = await ask(
      new Site(tree.root, { entityTag: 'off' }),
      'GET /a.txt',
      `If-Modified-Since: ${DATE}`,
    )
    expect([status, fields]).toEqual([304, { 'last-modified': DATE, 'cache-control': 'no-cache' }])
  })

  it('R16: If-None-Match * → 304 on a file, 404 on nothing', async () => {
    expect((await getA('If-None-Match: *')).status).toBe(304)
    expect((await get('/nothing', 'If-None-Match: *')).status).toBe(404)
  })

  it('R24: If-Match with another tag → 412', async () => {
    const { status, body } = await getA('If-Match: "x"')
    expect([status, body]).toEqual([412, '412 Precondition Failed\n'])
  })

  it('R28: 404, 405, 400 and 308 do not look at preconditions (RFC 9110 §13.2.1)', async () => {
    const lines = ['If-Match: "x"', 'If-None-Match: *', `If-Unmodified-Since: ${formatHttpDate(0)}`]
    expect((await get('/nothing', ...lines)).status).toBe(404)
    expect((await get('/%', ...lines)).status).toBe(400)
    expect((await get('/sub', ...lines)).status).toBe(308)
    expect((await ask(site, 'PUT /a.txt', ...lines)).status).toBe(405)
  })

  it('R30: a precondition goes before a range', async () => {
    expect((await getA(`If-None-Match: ${tag}`, 'Range: bytes=900-')).status).toBe(304)
    expect((await getA('If-Match: "x"', 'Range: bytes=0-9')).status).toBe(412)
  })
})

describe('respond: ranges', () => {
  it('R31, R55: one range → 206 with the fields of the 200', async () => {
    const whole = await getA()
    const { status, fields, body } = await getA('Range: bytes=0-9')
    expect([status, body]).toEqual([206, '0123456789'])
    expect(fields).toEqual({ ...whole.fields, 'content-length': '10', 'content-range': 'bytes 0-9/64' })
  })

  it.each([
    ['R32', 'bytes=60-', '0123', 'bytes 60-63/64'],
    ['R33', 'bytes=-5', '90123', 'bytes 59-63/64'],
    ['R34', 'bytes=-100', A_TXT, 'bytes 0-63/64'],
    ['R36', 'bytes=0-0', '0', 'bytes 0-0/64'],
  ])('%s: %s', async (_rule, range, body, contentRange) => {
    const answer = await getA(`Range: ${range}`)
    expect([answer.status, answer.body, answer.fields['content-range']]).toEqual([206, body, contentRange])
  })

  it.each(['bytes=-0', 'bytes=64-', 'bytes=99999999999999999999999-', 'bytes=64-,100-'])(
    'R35, R37, R45, R56: %s → 416 with the size, and not the file',
    async (range) => {
      const { status, fields, body } = await getA(`Range: ${range}`)
      expect([status, fields['content-range'], body]).toEqual([
        416,
        'bytes */64',
        '416 Range Not Satisfiable\n',
      ])
      expect(fields['etag']).toBeUndefined()
    },
  )

  it.each(['bytes=5-4', 'bytes=', 'items=0-5', 'bytes=0-9,20-29'])(
    'R40, R42, R50: %s → 200',
    async (range) => {
      const { status, body, fields } = await getA(`Range: ${range}`)
      expect([status, body, fields['content-range']]).toEqual([200, A_TXT, undefined])
    },
  )

  it('R46: any range of an empty file → 200', async () => {
    for (const range of ['bytes=0-', 'bytes=-1', 'bytes=-0']) {
      const { status, fields, answer } = await get('/empty.txt', `Range: ${range}`)
      expect([status, fields['content-length'], answer.body.kind]).toEqual([200, '0', 'none'])
    }
  })

  it('R47: HEAD ignores Range (RFC 9110 §14.2)', async () => {
    for (const range of ['bytes=0-9', 'bytes=900-']) {
      const { status, fields } = await ask(site, 'HEAD /a.txt', `Range: ${range}`)
      expect([status, fields['content-length'], fields['content-range']]).toEqual([200, '64', undefined])
    }
  })

  it('R51: If-Range with the tag → 206, with another or a weak one → 200', async () => {
    expect((await getA('Range: bytes=0-9', `If-Range: ${tag}`)).status).toBe(206)
    expect((await getA('Range: bytes=0-9', 'If-Range: "x"')).status).toBe(200)
    expect((await getA('Range: bytes=0-9', `If-Range: W/${tag}`)).status).toBe(200)
  })

  it('R52: If-Range with the date → 206, with a later one → 200', async () => {
    expect((await getA('Range: bytes=0-9', `If-Range: ${DATE}`)).status).toBe(206)
    expect((await getA('Range: bytes=0-9', `If-Range: ${LATER}`)).status).toBe(200)
  })

  it('R53: If-Range without Range is ignored', async () => {
    expect((await getA('If-Range: "x"')).status).toBe(200)
  })

  it('R54: If-Range that does not hold goes before a range that cannot be had', async () => {
    expect((await getA('Range: bytes=900-', 'If-Range: "x"')).status).toBe(200)
  })

  it('R57: only files accept ranges', async () => {
    expect((await get('/list/', 'Range: bytes=0-1')).fields['accept-ranges']).toBeUndefined()
    expect((await get('/nothing')).fields['accept-ranges']).toBeUndefined()
  })

  it('R68: a compressed file has no Content-Encoding', async () => {
    const { fields } = await get('/app.js.gz')
    expect([fields['content-type'], fields['content-encoding']]).toEqual(['application/gzip', undefined])
  })
})

describe('respond: directories', () => {
  it('serves the index, with the type of the index', async () => {
    const { body, fields } = await get('/')
    expect([body, fields['content-type']]).toEqual(['<h1>home</h1>', 'text/html; charset=utf-8'])
    expect((await get('/sub/?x')).body).toBe('<p>sub')
  })

  it('serves the first index there is', async () => {
    const other = new Site(tree.root, { indexNames: ['nothing', 'list', 'a.txt', 'index.html'] })
    expect((await ask(other, 'GET /')).body).toBe(A_TXT)
    expect((await ask(new Site(tree.root, { indexNames: [] }), 'GET /')).body).toContain('<h1>Index of')
  })

  it('lists a directory without an index, or answers 404 where that is off', async () => {
    expect((await get('/list/')).body).toContain('href="./x.txt"')
    expect((await ask(new Site(tree.root, { listing: false }), 'GET /list/')).status).toBe(404)
  })

  it('F15: no error and no redirect may be stored as if it were the file', async () => {
    for (const target of ['/nothing', '/%', '/sub', '/.env']) {
      const { fields } = await get(target)
      expect([fields['cache-control'], fields['x-content-type-options']]).toEqual(['no-cache', 'nosniff'])
    }
  })

  it('F21: random requests are always answered', async () => {
    const line = fc.constantFrom(
      'Range: bytes=0-9',
      'Range: bytes=-0',
      'Range: bytes=,',
      'Range: x',
      'If-Range: "x"',
      'If-Match: *',
      'If-Match: x',
      'If-None-Match: W/"',
      'If-None-Match: *',
      'If-Modified-Since: x',
      `If-Unmodified-Since: ${DATE}`,
      'Accept: ;;',
      'Accept: */*;q=0',
    )
    const target = fc.constantFrom(
      '/a.txt',
      '/',
      '/list/',
      '/sub',
      '/empty.txt',
      '/nix.txt',
      '/nothing',
      '*',
      '',
    )
    const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'X')
    await fc.assert(
      fc.asyncProperty(method, target, fc.array(line, { maxLength: 4 }), async (verb, path, lines) => {
        const { status, fields, body } = await ask(site, `${verb} ${path}`, ...lines)
        expect([200, 204, 206, 304, 308, 400, 404, 405, 412, 416, 501]).toContain(status)
        const isBodyless = verb === 'HEAD' || status === 204 || status === 304
        expect(Buffer.byteLength(body)).toBe(isBodyless ? 0 : Number(fields['content-length']))
      }),
      { numRuns: 1000 },
    )
  })
})
