import { execFile } from 'node:child_process'
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Server } from '@millrace/server'
import { serveStatic } from '../src/index.ts'
import { A_TXT, SiteTree } from './site-tree.ts'

const tree = new SiteTree()
let server: Server

/** The program itself: without it the tests fail. */
async function curl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', [
    '--silent',
    '--show-error',
    '--max-time',
    '20',
    ...args,
  ])
  return stdout
}

const urlOf = (name: string): string => `${server.url}/${name}`

beforeAll(async () => {
  server = await serveStatic(tree.root)
})
afterAll(async () => {
  await server.close()
  tree.remove()
})

describe('curl', () => {
  it('gets a file', async () => {
    expect(await curl(urlOf('a.txt'))).toBe(A_TXT)
  })

  it('gets a range with -r', async () => {
    expect(await curl('-r', '10-14', urlOf('a.txt'))).toBe('01234')
    expect(await curl('-r', '-5', urlOf('a.txt'))).toBe('90123')
  })

  it('gets the head alone with -I', async () => {
    const head = await curl('-I', urlOf('a.txt'))
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(head).toMatch(/^content-length: 64\r$/im)
    expect(head).toMatch(/\r\n\r\n$/)
  })

  it('goes on with a part it has, with -C -', async () => {
    const bytes = Buffer.alloc(1_000_000, '0123456789abcdef!')
    tree.write('download.bin', bytes)
    const part = join(tree.base, 'part.bin')
    writeFileSync(part, bytes.subarray(0, 333_333))
    const sizes = await curl(
      '-C',
      '-',
      '-o',
      part,
      '-w',
      '%{http_code} %{size_download}',
      urlOf('download.bin'),
    )
    expect(sizes).toBe('206 666667')
    expect(readFileSync(part).equals(bytes)).toBe(true)
  })

  it('gets nothing that is not newer, with -z', async () => {
    const status = ['-o', '/dev/null', '-w', '%{http_code}']
    expect(await curl(...status, '-z', new Date().toUTCString(), urlOf('a.txt'))).toBe('304')
    expect(await curl(...status, '-z', new Date(0).toUTCString(), urlOf('a.txt'))).toBe('200')
  })

  it('F8: gets a range beyond 4 GiB', async () => {
    const path = tree.write('5-gib.bin', '')
    truncateSync(path, 5 * 2 ** 30)
    const fd = openSync(path, 'r+')
    writeSync(fd, 'beyond 4 G', 2 ** 32)
    closeSync(fd)
    expect(await curl('-r', '4294967296-4294967305', urlOf('5-gib.bin'))).toBe('beyond 4 G')
    expect(await curl('-I', urlOf('5-gib.bin'))).toMatch(/^content-length: 5368709120\r$/im)
  })

  it('has several files over one connection', async () => {
    const urls = [urlOf('a.txt'), urlOf('nothing'), urlOf('a.txt')]
    const output = await curl('-w', '|%{http_code} %{num_connects}|', ...urls)
    expect(output).toBe(`${A_TXT}|200 1|404 Not Found\n|404 0|${A_TXT}|200 0|`)
  })
})
