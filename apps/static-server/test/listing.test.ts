import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readListing, type Listing } from '../src/listing.ts'
import { renderListingPage } from '../src/listing-page.ts'
import { Site } from '../src/site.ts'
import { ask, failingFileSystem } from './answers.ts'
import { MODIFIED_SECONDS, SECRET, SiteTree } from './site-tree.ts'

const tree = new SiteTree()
const site = new Site(tree.root)

/** Names that break careless pages; each is also a file whose content is its name. */
const HOSTILE = [
  '<img src=x onerror=alert(1)>.txt',
  'javascript:alert(1)',
  'a"b',
  "a'b",
  '&amp;',
  '100%',
  'q?q#h',
  'trailing ',
  ' leading',
  '\u202egnp.exe',
  'new\nline',
  'carriage\rreturn',
  'ünï',
  '😀',
  '%2f',
]

beforeAll(async () => {
  for (const name of HOSTILE) tree.write(`odd/${name}`, name)
  tree.write('odd/bs\\x', SECRET)
  tree.write('mixed/b.txt', 'b'.repeat(1536))
  tree.write('mixed/A.txt', 'a')
  tree.write('mixed/z-dir/inner', '')
  tree.write('mixed/.hidden', SECRET)
  tree.write('mixed/nul.txt', SECRET)
  tree.link('mixed/inside', '../a.txt')
  tree.link('mixed/inside-dir', '../odd')
  tree.link('mixed/outside', '../../secret.txt')
  tree.link('mixed/hidden', '.hidden')
  tree.link('mixed/broken', 'nowhere')
  tree.link('mixed/loop', 'loop')
  tree.fifo('mixed/pipe')
  await tree.socket('mixed/socket')
  for (let number = 0; number < 12; number += 1) tree.write(`dozen/${number}`, '')
  tree.write('.well-known/acme', '')
})
afterAll(() => tree.remove())
afterEach(() => tree.allClosed())

async function listed(name: string, of: Site = site): Promise<Listing> {
  const finding = await of.open(name === '' ? [] : [name])
  if (finding.kind !== 'directory') throw new Error(finding.kind)
  const listing = await readListing(of, name === '' ? [] : [name], finding.path)
  if ('kind' in listing) throw new Error(listing.kind)
  return listing
}

const namesOf = async (name: string, of?: Site): Promise<string[]> =>
  (await listed(name, of)).entries.map((entry) => entry.name)

describe('readListing', () => {
  it('P11, P14, P25, P26: shows what would be served, directories first, and nothing else', async () => {
    expect(await namesOf('mixed')).toEqual(['inside-dir', 'z-dir', 'A.txt', 'b.txt', 'inside'])
  })

  it('P16: shows links by the policy', async () => {
    expect(await namesOf('mixed', new Site(tree.root, { symlinks: 'deny' }))).toEqual([
      'z-dir',
      'A.txt',
      'b.txt',
    ])
    expect(await namesOf('mixed', new Site(tree.root, { symlinks: 'follow' }))).toContain('outside')
  })

  it('P12: shows .well-known at the root, and other dotfiles where they are allowed', async () => {
    expect(await namesOf('')).toContain('.well-known')
    expect(await namesOf('', new Site(tree.root, { dotfiles: 'deny' }))).not.toContain('.well-known')
    expect(await namesOf('mixed', new Site(tree.root, { dotfiles: 'allow' }))).toEqual(
      expect.arrayContaining(['.hidden', 'hidden']),
    )
  })

  it('P6: does not show a name with a backslash, which is never served', async () => {
    expect(await namesOf('odd')).toEqual([...HOSTILE].sort())
  })

  it('says size and time, of the target of a link', async () => {
    const { entries } = await listed('mixed')
    expect(entries.find((entry) => entry.name === 'inside')).toEqual({
      name: 'inside',
      kind: 'file',
      size: 64,
      modifiedMs: MODIFIED_SECONDS * 1000,
    })
  })

  it('F10: shows as many entries as it may, and says when there are more', async () => {
    const of = (maxListingEntries: number) => listed('dozen', new Site(tree.root, { maxListingEntries }))
    expect(await of(12)).toMatchObject({ entries: { length: 12 }, truncated: false })
    expect(await of(11)).toMatchObject({ entries: { length: 11 }, truncated: true })
  })

  it('reports a directory that cannot be read', async () => {
    expect(await readListing(site, ['gone'], `${tree.root}/gone`)).toMatchObject({ kind: 'missing' })
  })
})

describe('the listing of a directory', () => {
  it('F11: each link leads back to its file, and no name becomes markup', async () => {
    const { body } = await ask(site, 'GET /odd/')
    expect(body).not.toMatch(/<img|onerror=alert\(1\)>\.txt"/)
    const hrefs = [...body.matchAll(/<tr><td><a href="(\.\/[^"]*)">/g)].map((match) => match[1] ?? '')
    expect(hrefs).toHaveLength(HOSTILE.length)
    const contents: string[] = []
    for (const href of hrefs) {
      const url = new URL(href.replaceAll('&#39;', "'").replaceAll('&amp;', '&'), 'http://site/odd/')
      expect(url.host).toBe('site')
      contents.push((await ask(site, `GET ${url.pathname}${url.search}`)).body)
    }
    expect(contents).toEqual([...HOSTILE].sort())
  })

  it('F11: shows names as text', async () => {
    const { body } = await ask(site, 'GET /odd/')
    expect(body).toContain('<bdi>&lt;img src=x onerror=alert(1)&gt;.txt</bdi>')
    expect(body).toContain('<bdi>&amp;amp;</bdi>')
    expect(body).toContain('<bdi>a&quot;b</bdi>')
    expect(body).toContain('<bdi>\u202egnp.exe</bdi>')
  })

  it('F11: the JSON has relative URLs that lead back, and no place on the server', async () => {
    const { body, fields } = await ask(site, 'GET /odd/', 'Accept: application/json')
    expect(fields['content-type']).toBe('application/json; charset=utf-8')
    expect(body).not.toContain(tree.base)
    const { entries, truncated } = JSON.parse(body) as {
      entries: { name: string; url: string; size: number }[]
      truncated: boolean
    }
    expect(truncated).toBe(false)
    expect(entries.map((entry) => entry.name)).toEqual([...HOSTILE].sort())
    for (const { name, url } of entries) {
      expect(url.startsWith('./')).toBe(true)
      expect((await ask(site, `GET ${new URL(url, 'http://site/odd/').pathname}`)).body).toBe(name)
    }
  })

  it('F12: forbids everything but its own style, and is not stored', async () => {
    const { fields, body } = await ask(site, 'GET /mixed/')
    const style = /<style>([^]*?)<\/style>/.exec(body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(fields).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
      'x-content-type-options': 'nosniff',
      vary: 'Accept',
      'cache-control': 'no-store',
    })
    expect(body).not.toMatch(/<script| style=| on[a-z]+=/)
  })

  it('F13: is one table with caption, column headers, times, one heading and a named breadcrumb', async () => {
    const { body } = await ask(site, 'GET /mixed/')
    for (const part of [
      '<html lang="en">',
      '<caption>',
      '<th scope="col" aria-sort="ascending">',
      '<nav aria-label="Breadcrumb">',
    ]) {
      expect(body.split(part)).toHaveLength(2)
    }
    expect(body.match(/<h1>/g)).toHaveLength(1)
    expect(body).toContain(`<time datetime="${new Date(MODIFIED_SECONDS * 1000).toISOString()}">`)
  })

  it('links to the parent, but not from the root', async () => {
    expect((await ask(site, 'GET /mixed/')).body).toContain('<a href="../">Parent directory</a>')
    expect((await ask(site, 'GET /')).body).not.toContain('href="../"')
  })

  it('leads the breadcrumb back through each directory', () => {
    const page = renderListingPage({ entries: [], truncated: false }, ['one', '<two>'])
    const links = [...page.matchAll(/<li><a href="([^"]*)"[^>]*><bdi>(.*)<\/bdi>/g)].map(([, href, name]) => [
      href,
      name,
    ])
    expect(links).toEqual([
      ['../../', 'Home'],
      ['../', 'one'],
      ['./', '&lt;two&gt;'],
    ])
  })

  it('gives sizes in bytes below 1 KiB and to one decimal above', () => {
    const sizes = [0, 1023, 1024, 1536, 1024 ** 2 - 1, 5 * 1024 ** 3]
    const entries = sizes.map((size, at) => ({
      name: String(at),
      kind: 'file' as const,
      size,
      modifiedMs: 0,
    }))
    const page = renderListingPage({ entries, truncated: true }, [])
    const shown = [...page.matchAll(/<td class="size">([^<]*)/g)].map((match) => match[1])
    expect(shown).toEqual(['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '1.0 MiB', '5.0 GiB'])
    expect(page).toContain('these are 6 of its entries')
  })

  it('R24, R16: has no validators: If-Match fails, a star holds', async () => {
    expect((await ask(site, 'GET /mixed/', 'If-Match: "x"')).status).toBe(412)
    expect((await ask(site, 'GET /mixed/', 'If-None-Match: *')).status).toBe(304)
    expect((await ask(site, 'GET /mixed/', 'If-None-Match: "x"')).status).toBe(200)
  })

  it('P24: a listing that fails is a failure', async () => {
    const broken = new Site(tree.root, { fileSystem: { ...failingFileSystem('stat', 'EIO') } })
    expect((await ask(broken, 'GET /mixed/')).status).toBe(500)
  })
})
