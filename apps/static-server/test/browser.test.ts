import { resolve } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { serveStatic } from '../src/index.ts'
import { collectProblems, launchBrowser } from './browser.ts'
import { builtFile, RunningCommand } from './built-command.ts'
import { SiteTree } from './site-tree.ts'

const START = resolve(import.meta.dirname, '../../../scripts/start.mjs')

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
}, 60_000)
afterAll(() => browser.close())

/** A page with a cache of its own. */
async function openPage(): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext()
  onTestFinished(() => context.close())
  const page = await context.newPage()
  return { page, problems: collectProblems(page) }
}

/** What a property of the first such element comes to, with all style sheets applied. */
async function styleOf(page: Page, selector: string, property: string): Promise<unknown> {
  const element = `document.querySelector(${JSON.stringify(selector)})`
  return await page.evaluate(`getComputedStyle(${element}).getPropertyValue(${JSON.stringify(property)})`)
}

describe('npm start in Chromium', { timeout: 60_000 }, () => {
  it('shows its page with style, script and images, and revalidates them the second time', async () => {
    builtFile('main.js')
    const command = new RunningCommand(START, ['--port', '0'])
    const { url } = await command.listening()
    const { page, problems } = await openPage()

    await page.goto(url)
    expect(await page.title()).toBe('Millrace')
    expect(await styleOf(page, '.hero', 'display')).toBe('flex')
    await page.waitForSelector('#answer-status:not(:text-is("Asking…"))')
    expect(await page.textContent('#answer-status')).toMatch(/^HEAD \/ → 200 OK in \d+\.\d ms$/)
    expect(await page.textContent('#answer-fields')).toContain('text/html; charset=utf-8')
    const widths = await page.$$eval('img', (images) => images.map((image) => image.naturalWidth))
    expect(widths).toHaveLength(2)
    for (const width of widths) expect(width).toBeGreaterThan(0)
    for (const name of ['style.css', 'script.js', 'mill-wheel.svg', 'icon.png']) {
      expect(command.errors).toMatch(new RegExp(`^GET /${name} 200 [1-9]`, 'm'))
    }

    await page.reload()
    await page.waitForSelector('#answer-status:not(:text-is("Asking…"))')
    for (const name of ['', 'style.css', 'script.js']) {
      await command.waitFor(() => command.errors.includes(`\nGET /${name} 304 0 B `) || undefined)
    }
    expect(problems).toEqual([])
  })
})

describe('a listing in Chromium', { timeout: 60_000 }, () => {
  const tree = new SiteTree()
  afterAll(() => tree.remove())

  const NAMES = [
    'sp ace.txt',
    ' leading and trailing .txt',
    '100%.txt',
    '%2e%2e.txt',
    'q?q#h.txt',
    `quo"te's.txt`,
    'a&amp;b.txt',
    '<img src=x onerror=alert(1)>.txt',
    'javascript:alert(1).txt',
    'ünï 日本語 😀.txt',
    '\u202etxt.exe.txt',
    'two\nlines.txt',
  ]

  it('leads to every file, whatever its name, and runs nothing', async () => {
    for (const name of NAMES) tree.write(`odd #1 100%/${name}`, `content of ${name}`)
    const server = await serveStatic(tree.root)
    onTestFinished(() => server.close({ graceMs: 0 }))
    const { page, problems } = await openPage()

    await page.goto(server.url)
    await page.click('text=odd #1 100%/')
    const listing = page.url()
    expect(await styleOf(page, 'table', 'border-collapse')).toBe('collapse')
    const shown = await page.$$eval('tbody tr bdi', (names) => names.map((name) => name.textContent))
    expect(shown.sort()).toEqual([...NAMES].sort())
    for (const [index, name] of shown.entries()) {
      await page.click(`tbody tr:nth-child(${index + 2}) a`)
      expect(await page.textContent('pre')).toBe(`content of ${name}`)
      await page.goto(listing)
    }
    await page.click('text=Parent directory')
    expect(page.url()).toBe(`${server.url}/`)
    expect(problems).toEqual([])
  })
})
