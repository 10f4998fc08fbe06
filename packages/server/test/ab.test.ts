import { describe, expect, it } from 'vitest'
import { serve, type FetchHandler } from '../src/index.ts'
import { outputOf } from './run-program.ts'

/** The line of the report that begins like this. */
function line(report: string, label: string): string | undefined {
  const found = report.split('\n').find((one) => one.startsWith(`${label}:`))
  return found?.slice(label.length + 1).trim()
}

async function bench(handler: FetchHandler, args: readonly string[]): Promise<string> {
  await using server = await serve(handler)
  return await outputOf('ab', ['-q', ...args, `${server.url}/`])
}

describe('ab, a client of HTTP/1.0', () => {
  it('keeps its connections with -k (RFC 9112 §9.3)', async () => {
    const report = await bench(() => new Response('hello'), ['-k', '-n', '400', '-c', '8'])
    expect(line(report, 'Complete requests')).toBe('400')
    expect(line(report, 'Failed requests')).toBe('0')
    expect(line(report, 'Keep-Alive requests')).toBe('400')
    expect(line(report, 'Non-2xx responses')).toBeUndefined()
    expect(line(report, 'HTML transferred')).toBe('2000 bytes')
  })

  it('gets every answer on a connection of its own without -k', async () => {
    const report = await bench(() => new Response('hello'), ['-n', '100', '-c', '4'])
    expect(line(report, 'Complete requests')).toBe('100')
    expect(line(report, 'Failed requests')).toBe('0')
  })
})
