import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

function start(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Waits for the address that the server prints. */
async function printedUrl({ stdout }: ChildProcess): Promise<string> {
  let printed = ''
  for await (const chunk of stdout ?? []) {
    printed += String(chunk)
    const url = /http:\/\/\S+/.exec(printed)
    if (url !== null) return url[0]
  }
  throw new Error(`ended without a URL: ${printed}`)
}

it('npm start serves the site and ends cleanly on Ctrl-C', { timeout: 60_000 }, async () => {
  const child = start('--port', '0')
  const url = await printedUrl(child)

  const page = await fetch(url)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<h1>Millrace</h1>')
  const image = await fetch(new URL('mill-wheel.svg', url))
  expect(image.headers.get('content-type')).toContain('image/svg+xml')

  const exit = once(child, 'exit')
  child.kill('SIGINT')
  expect(await exit).toEqual([0, null])
})
