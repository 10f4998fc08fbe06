import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** Keeps the browser from talking to anybody but us. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts the system's Chromium, or the one that the environment variable `CHROMIUM` names; throws when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? NAMES.map(onPath).find((path) => path !== undefined)
  if (executablePath === undefined) throw new Error(`none of these programs is on PATH: ${NAMES.join(', ')}`)
  return await chromium.launch({ executablePath, args: ARGUMENTS })
}

/** Everything that went wrong on a page: exceptions, errors on the console, failed requests, dialogs nobody asked for. */
export function collectProblems(page: Page): string[] {
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    const { url } = message.location()
    const isTold = message.type() === 'error' || message.type() === 'warning'
    // A browser asks for this on its own account, wherever a page names no icon.
    if (isTold && !url.endsWith('/favicon.ico')) problems.push(`console: ${message.text()} (${url})`)
  })
  page.on('requestfailed', (request) => {
    // Chromium gives up on what cannot come: the content of an answer to HEAD.
    if (request.method() !== 'HEAD') problems.push(`no response: ${request.url()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`)
  })
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return problems
}

function onPath(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // not in this folder, or not to be run
    }
  }
  return undefined
}
