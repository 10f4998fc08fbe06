import { describe, expect, it } from 'vitest'
import { fileValidators, type FileStats } from '../src/validators.ts'

const NOW_MS = 1_800_000_000_500
const at = (mtimeMs: number, inode = 7n): FileStats => ({
  size: 64,
  mtimeNs: BigInt(Math.round(mtimeMs * 1000)) * 1000n,
  inode,
})

describe('fileValidators', () => {
  it('R7: rounds Last-Modified down (RFC 9110 §8.8.2.1)', () => {
    expect(fileValidators(at(1_700_000_000_999), 'stat', NOW_MS).lastModifiedMs).toBe(1_700_000_000_000)
  })

  it('R7: never dates a file later than the answer', () => {
    expect(fileValidators(at(NOW_MS + 3_600_000), 'stat', NOW_MS).lastModifiedMs).toBe(1_800_000_000_000)
  })

  it.each([0, 1, 0.5, 1.999])('R10: a time of %d s says nothing → no validators', (seconds) => {
    expect(fileValidators(at(seconds * 1000), 'stat', NOW_MS)).toEqual({
      entityTag: undefined,
      lastModifiedMs: undefined,
    })
  })

  it('R10: a time of 2 s is a time', () => {
    expect(fileValidators(at(2000), 'stat', NOW_MS).lastModifiedMs).toBe(2000)
  })

  it('R11: the tag is weak while the file may still change unnoticed, strong from 2 s on', () => {
    expect(fileValidators(at(NOW_MS - 1999), 'stat', NOW_MS).entityTag?.weak).toBe(true)
    expect(fileValidators(at(NOW_MS - 2000), 'stat', NOW_MS).entityTag?.weak).toBe(false)
    expect(fileValidators(at(NOW_MS + 9000), 'stat', NOW_MS).entityTag?.weak).toBe(true)
  })

  it('R11: the tag changes with a nanosecond, a byte, or the inode', () => {
    const base = at(1_700_000_000_000)
    const tags = [
      base,
      { ...base, mtimeNs: base.mtimeNs + 1n },
      { ...base, size: 65 },
      { ...base, inode: 8n },
    ].map((stats) => fileValidators(stats, 'stat', NOW_MS).entityTag?.opaque)
    expect(new Set(tags).size).toBe(4)
  })

  it('R11: the tag is the same for the same state, weak or strong', () => {
    const stats = at(NOW_MS)
    const early = fileValidators(stats, 'stat', NOW_MS).entityTag
    const late = fileValidators(stats, 'stat', NOW_MS + 10_000).entityTag
    expect(early).toEqual({ weak: true, opaque: late?.opaque })
  })

  it('R12: mtime-size gives copies on two machines one tag', () => {
    const one = fileValidators(at(1_700_000_000_000, 7n), 'mtime-size', NOW_MS).entityTag
    expect(one).toEqual(fileValidators(at(1_700_000_000_000, 8n), 'mtime-size', NOW_MS).entityTag)
  })

  it('off gives no tag, and keeps the date', () => {
    expect(fileValidators(at(1_700_000_000_000), 'off', NOW_MS)).toEqual({
      entityTag: undefined,
      lastModifiedMs: 1_700_000_000_000,
    })
  })
})
