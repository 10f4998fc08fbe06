import { chmodSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Site } from '../src/site.ts'
import { ask, failingFileSystem } from './answers.ts'
import { askOverSocket, closeAll } from './live-site.ts'
import { A_TXT, asOrdinaryUser, SECRET, SiteTree } from './site-tree.ts'

const tree = new SiteTree()
const site = new Site(tree.root)

beforeAll(async () => {
  tree.write('index.html', '<h1>home</h1>')
  tree.write('sub/index.html', '<p>sub')
  tree.write('.env', SECRET)
  tree.write('.git/config', SECRET)
  tree.write('sub/.hidden/x', SECRET)
  tree.write('.well-known/acme', 'token')
  tree.write('bs\\x.txt', SECRET)
  tree.directory('nosub')
  tree.link('pub.txt', '.env')
  tree.link('link-out.txt', '../secret.txt')
  tree.link('dlink', '../outside')
  tree.link('in.txt', 'a.txt')
  tree.link('loop', 'loop')
  tree.link('broken', 'nowhere')
  tree.link('null', '/dev/null')
  tree.fifo('pipe')
  await tree.socket('socket')
  for (const name of ['con', 'NUL.txt', 'com1.js', 'COM¹', 'lpt9', 'CONIN$']) tree.write(name, SECRET)
  for (const name of ['sp ace.txt', 'q?q#h.txt', '100%.txt', 'ünï.txt', 'a.txt::$DATA', 'new\nline'])
    tree.write(name, name)
})
afterAll(async () => {
  await closeAll()
  tree.remove()
})
afterEach(() => tree.allClosed())

describe.each([
  { way: 'without a port', ask },
  { way: 'over a socket', ask: askOverSocket },
])('path safety $way', ({ ask }) => {
  /** The status alone, after the checks that hold for every answer: nothing secret, nothing of the file system. */
  async function statusOf(target: string, of: Site = site): Promise<number> {
    const { status, body, fields } = await ask(of, `GET ${target}`)
    expect(body).not.toContain(SECRET)
    expect(body).not.toContain(tree.base)
    expect(fields['location'] ?? '/').toMatch(/^\/(?![/\\])[\x21-\x7e]*$/)
    return status
  }

  it.each(['/../secret.txt', '/sub/../../secret.txt'])('P1: %s → 400', async (target) => {
    expect(await statusOf(target)).toBe(400)
  })

  it.each(['/%2e%2e/secret.txt', '/.%2e/', '/%2E%2e/'])('P2: %s → 400', async (target) => {
    expect(await statusOf(target)).toBe(400)
  })

  it.each(['/..%2fsecret.txt', '/%2e%2e%2fsecret.txt', '/sub/..%2f..%2fsecret.txt', '/%2fetc%2fpasswd'])(
    'P3: %s → 404, an encoded slash is no separator',
    async (target) => expect(await statusOf(target)).toBe(404),
  )

  it('P4: /sub%2findex.html → 404', async () => {
    expect(await statusOf('/sub%2findex.html')).toBe(404)
  })

  it.each(['/sub/../a.txt', '/./a.txt'])('P5: %s → 400', async (target) => {
    expect(await statusOf(target)).toBe(400)
  })

  it.each([
    ['/..%5csecret.txt', 404],
    ['/bs%5cx.txt', 404],
    ['/..\\secret.txt', 400],
    ['/bs\\x.txt', 400],
  ])('P6: %s → %d', async (target, status) => {
    expect(await statusOf(target)).toBe(status)
  })

  it.each(['/a.txt%00', '/a.txt%00.html'])('P7: %s → 400', async (target) => {
    expect(await statusOf(target)).toBe(400)
  })

  it.each(['/%', '/%zz', '/100%.txt', '/%2'])('P8: %s → 400', async (target) => {
    expect(await statusOf(target)).toBe(400)
  })

  it.each(['/%c0%ae%c0%ae/secret.txt', '/%e0%80%ae', '/%ff', '/%ed%a0%80'])(
    'P9: %s → 400',
    async (target) => {
      expect(await statusOf(target)).toBe(400)
    },
  )

  it('P10: /%252e%252e/secret.txt → 404', async () => {
    expect(await statusOf('/%252e%252e/secret.txt')).toBe(404)
  })

  it.each(['/.env', '/%2eenv', '/.git/config', '/sub/.hidden/x', '/.git/', '/.git'])(
    'P11: %s → 404',
    async (target) => {
      expect(await statusOf(target)).toBe(404)
    },
  )

  it('P12: /.well-known/acme → 200', async () => {
    expect((await ask(site, 'GET /.well-known/acme')).body).toBe('token')
  })

  it('P13: a link to a hidden file → 404', async () => {
    expect(await statusOf('/pub.txt')).toBe(404)
    expect(await statusOf('/pub.txt', new Site(tree.root, { symlinks: 'follow' }))).toBe(404)
  })

  it('P14: a link out of the root → 404', async () => {
    expect(await statusOf('/link-out.txt')).toBe(404)
  })

  it.each(['/dlink/o.txt', '/dlink/', '/dlink', '/dlink/nothing'])(
    'P15: %s, through a link out of the root → 404',
    async (target) => {
      expect(await statusOf(target)).toBe(404)
    },
  )

  it('P16: a link within the root → 200, or 404 where links are denied', async () => {
    expect((await ask(site, 'GET /in.txt')).body).toBe(A_TXT)
    expect(await statusOf('/in.txt', new Site(tree.root, { symlinks: 'deny' }))).toBe(404)
  })

  it('P17: /../site-backup/x → 400', async () => {
    expect(await statusOf('/../site-backup/x')).toBe(400)
  })

  it.each([
    ['//a.txt', '/a.txt'],
    ['/sub//index.html', '/sub/index.html'],
    ['//sub', '/sub/'],
    ['/sub//', '/sub/'],
    ['//', '/'],
    ['///a.txt?x=//y', '/a.txt?x=//y'],
  ])('P18: %s → 308 %s', async (target, location) => {
    const { status, fields } = await ask(site, `GET ${target}`)
    expect([status, fields['location']]).toEqual([308, location])
  })

  it.each(['//nothing', '/sub//nothing', '//evil.com/', '//.env', '//a.txt/'])(
    'P18: %s names nothing → 404',
    async (target) => {
      expect(await statusOf(target)).toBe(404)
    },
  )

  it.each(['//evil.com/%2e%2e/sub', '/\\evil.com/%2e%2e/sub', '//evil.com/../sub'])(
    'P19: %s → 400',
    async (target) => {
      expect(await statusOf(target)).toBe(400)
    },
  )

  it.each([
    ['/%09/evil.com/%2e%2e/%2e%2e/nosub', 400],
    ['/%0a/evil.com/%2e%2e/%2e%2e/nosub', 400],
    ['/nosub%0d%0aX-Inj:%201', 404],
    ['/%09/evil.com', 404],
  ])('P20: %s → %d', async (target, status) => {
    expect(await statusOf(target)).toBe(status)
  })

  it('P21: /nosub?x=1 → 308 /nosub/?x=1, whatever the host', async () => {
    const { status, fields } = await ask(site, 'GET /nosub?x=1', 'Host: evil.com')
    expect([status, fields['location']]).toEqual([308, '/nosub/?x=1'])
  })

  it.each(['/nosub?x=1#f', '/nosub#f', '/#'])('P21: %s → 400, a target has no fragment', async (target) => {
    expect(await statusOf(target)).toBe(400)
  })

  it('P21: the absolute form redirects to a path too', async () => {
    expect((await ask(site, 'GET http://evil.com/nosub')).fields['location']).toBe('/nosub/')
  })

  it('P22: /a.txt/ → 404', async () => {
    expect(await statusOf('/a.txt/')).toBe(404)
    expect(await statusOf('/a.txt/x')).toBe(404)
  })

  it('P23: a name or a path that is too long → 404', async () => {
    expect(await statusOf(`/${'a'.repeat(300)}`)).toBe(404)
    expect(await statusOf(`${'/a'.repeat(3000)}`)).toBe(404)
    expect(await statusOf(`${'/a'.repeat(3000)}/`)).toBe(404)
  })

  it('P24: a loop of links, or one that leads nowhere → 404', async () => {
    expect(await statusOf('/loop')).toBe(404)
    expect(await statusOf('/loop/x')).toBe(404)
    expect(await statusOf('/broken')).toBe(404)
  })

  it.each([
    ['EACCES', 403],
    ['EMFILE', 503],
    ['ENFILE', 503],
    ['EIO', 500],
  ])('P24: %s → %d, and nothing of the reason in the body', async (code, status) => {
    const failing = new Site(tree.root, { fileSystem: failingFileSystem('open', code) })
    const { status: answered, body, fields, error } = await ask(failing, 'GET /a.txt')
    expect(answered).toBe(status)
    expect(body).toMatch(new RegExp(`^${status} [A-Z][A-Za-z ]+\n$`))
    expect(fields['retry-after']).toBe(status === 503 ? '1' : undefined)
    const logged = (error as { code?: string } | undefined)?.code
    expect(logged).toBe(status === 500 ? code : undefined)
  })

  it('P24: a file that may not be read → 403', async () => {
    chmodSync(tree.base, 0o755)
    chmodSync(tree.write('locked.txt', SECRET), 0o000)
    await asOrdinaryUser(async () => expect(await statusOf('/locked.txt')).toBe(403))
  })

  it.each(['/pipe', '/socket', '/null', '/pipe/'])('P25: %s is no file → 404 at once', async (target) => {
    const started = performance.now()
    const all = new Site(tree.root, { symlinks: 'follow' })
    expect(await statusOf(target, all)).toBe(404)
    expect(await statusOf('/a.txt', all)).toBe(200)
    expect(performance.now() - started).toBeLessThan(1000) // one open that waits would never return
  })

  it.each(['/con', '/NUL.txt', '/com1.js', '/COM%C2%B9', '/lpt9', '/aux/', '/CONIN$'])(
    'P26: %s → 404',
    async (target) => {
      expect(await statusOf(target)).toBe(404)
    },
  )

  it('P27: /a.txt::$DATA is a name like another, but not on Windows', async () => {
    expect(await statusOf('/a.txt::$DATA')).toBe(200)
    const windows = new Site(tree.root, { platform: 'win32' })
    for (const target of ['/a.txt::$DATA', '/a.txt:x', '/C:/x', '/a.txt.', '/a.txt%20', '/SECRE~1.TXT']) {
      expect(await statusOf(target, windows)).toBe(404)
    }
  })

  it('P28: /A.TXT → 404', async () => {
    expect(await statusOf('/A.TXT')).toBe(404)
  })

  it('P29: another Unicode form is another name here', async () => {
    expect(await statusOf('/u%CC%88ni%CC%88.txt')).toBe(404)
  })

  it('P30: a raw octet beyond ASCII → 400', async () => {
    expect(await statusOf('/\xfcn\xef.txt')).toBe(400)
  })

  it.each([
    ['/sp%20ace.txt', 'sp ace.txt'],
    ['/q%3Fq%23h.txt', 'q?q#h.txt'],
    ['/100%25.txt', '100%.txt'],
    ['/%C3%BCn%C3%AF.txt', 'ünï.txt'],
    ['/new%0Aline', 'new\nline'],
  ])('P31: %s → 200', async (target, body) => {
    expect(await ask(site, `GET ${target}`)).toMatchObject({ status: 200, body })
  })

  it('P31: /sp+ace.txt → 404, a plus is a plus', async () => {
    expect(await statusOf('/sp+ace.txt')).toBe(404)
  })

  it('F21: whatever the target, nothing secret is answered and nothing is thrown', async () => {
    const piece = fc.constantFrom(
      '/',
      '//',
      '..',
      '.',
      '%2e',
      '%2e%2e',
      '%2f',
      '%5c',
      '\\',
      '%00',
      '%252e',
      '%',
      '%ff',
      '?',
      '#',
      ' ',
      '\xe9',
      '~',
      ':',
      'secret.txt',
      'sub',
      'a.txt',
      '.env',
      'dlink',
      'link-out.txt',
      'pub.txt',
      'pipe',
      'con',
      'site-backup',
      'o.txt',
      '.git',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 10 }),
        fc.constantFrom('', '/', 'http://h/'),
        async (parts, start) => {
          expect([200, 308, 400, 404]).toContain(await statusOf(start + parts.join('')))
        },
      ),
      { numRuns: 1000 },
    )
  })
})
