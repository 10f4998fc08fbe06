import { describe, expect, it } from 'vitest'
import { nodeFileSystem } from '../src/file-system.ts'
import { OpenFile } from '../src/open-file.ts'

type ReadDone = (error: Error | null, bytesRead: number) => void

/** A file whose reads end when the test says so, and that counts its closings. */
function heldFile() {
  const state = { closed: 0, pending: [] as ReadDone[] }
  const fileSystem = {
    ...nodeFileSystem,
    read: (_fd: number, _target: Uint8Array, _length: number, _position: number, done: ReadDone) => {
      state.pending.push(done)
    },
    close: () => {
      state.closed += 1
    },
  }
  return { state, file: new OpenFile(fileSystem, 99, { size: 10, mtimeNs: 0n, inode: 1n }) }
}

describe('OpenFile', () => {
  it('F6: closes its descriptor once, however often it is asked to', () => {
    const { state, file } = heldFile()
    file.close()
    file.close()
    expect(state.closed).toBe(1)
    expect(file.closed).toBe(true)
  })

  it('F6: waits for a running read before it closes', () => {
    const { state, file } = heldFile()
    let got = -1
    file.read(new Uint8Array(4), 4, 0, (_error, bytesRead) => (got = bytesRead))
    file.close()
    file.close()
    expect([state.closed, file.closed]).toEqual([0, true])
    state.pending[0]?.(null, 4)
    expect([state.closed, got, file.closed]).toEqual([1, 4, true])
  })

  it('can be read again from the callback of a read', () => {
    const { state, file } = heldFile()
    const target = new Uint8Array(4)
    file.read(target, 4, 0, () => file.read(target, 4, 4, () => {}))
    state.pending[0]?.(null, 4)
    expect(state.pending).toHaveLength(2)
  })

  it('refuses a read next to another, and after a close', () => {
    const { file } = heldFile()
    file.read(new Uint8Array(4), 4, 0, () => {})
    expect(() => file.read(new Uint8Array(4), 4, 0, () => {})).toThrow(/reading/)
    file.close()
    expect(() => file.read(new Uint8Array(4), 4, 0, () => {})).toThrow(/close/)
  })
})
