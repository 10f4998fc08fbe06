import { splits } from '@millrace/testing'
import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

it('works the same where there is no Buffer', async () => {
  vi.resetModules()
  vi.stubGlobal('Buffer', undefined)
  const { LineReceiver } = await import('../src/index.ts')
  const words = ['', 'a', 'long '.repeat(20), 'x'.repeat(3_000), 'end']
  for (const pieces of splits(words.map((word) => `${word}\r\n`).join(''), { maxCuts: 200 })) {
    const lines: string[] = []
    const receiver = new (class extends LineReceiver {
      override lineReceived(line: Uint8Array): void {
        lines.push(String.fromCharCode(...line))
      }
    })()
    for (const piece of pieces) receiver.dataReceived(piece)
    expect(lines).toEqual(words)
  }
})
