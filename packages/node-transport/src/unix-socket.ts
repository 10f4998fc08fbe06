import { lstat, unlink } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { errorCode } from './lost-reason.ts'

/**
 * Removes a socket file that a process left behind when it died.
 *
 * @returns whether the path is free now; `false` when a process answers there, when we may not know, and when the
 *   file is not a socket
 */
export async function removeStaleSocket(path: string): Promise<boolean> {
  if (!(await isSocket(path)) || (await answerAt(path)) !== 'ECONNREFUSED') return false
  await unlink(path)
  return true
}

async function isSocket(path: string): Promise<boolean> {
  const status = await lstat(path).catch(() => null)
  return status !== null && status.isSocket()
}

/** The code of the error of a connection attempt; `undefined` when it succeeds. */
function answerAt(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ path })
    socket.once('error', (error) => resolve(errorCode(error)))
    socket.once('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
  })
}
