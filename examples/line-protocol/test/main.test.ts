import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

it('runs as a command, on the built packages', { timeout: 20_000 }, async () => {
  const main = resolve(import.meta.dirname, '../main.js')
  const command = spawn(process.execPath, [main, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    command.stdout.setEncoding('utf8')
    const [announcement] = (await once(command.stdout, 'data')) as [string]
    const port = Number(/^listening on 127\.0\.0\.1:(\d+)\n$/.exec(announcement)?.[1])
    const socket = connect(port, '127.0.0.1')
    socket.write('HELO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nhi\r\n.\r\nQUIT\r\n')
    const [printed] = (await once(command.stdout, 'data')) as [string]
    expect(printed).toBe('a@x -> b@y\nhi\r\n\n')
    socket.destroy()
  } finally {
    command.kill()
  }
})
