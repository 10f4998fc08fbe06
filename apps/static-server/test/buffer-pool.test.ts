import { describe, expect, it } from 'vitest'
import { BufferPool } from '../src/buffer-pool.ts'

describe('BufferPool', () => {
  it('lends a buffer again that was given back', () => {
    const pool = new BufferPool(1024)
    const buffer = pool.take()
    expect(buffer).toHaveLength(1024)
    expect(pool.take()).not.toBe(buffer)
    pool.give(buffer)
    expect(pool.take()).toBe(buffer)
  })

  it('keeps as many as it may, and lets go of one more', () => {
    const pool = new BufferPool(16, 2)
    const buffers = [pool.take(), pool.take(), pool.take()]
    for (const buffer of buffers) pool.give(buffer)
    const again = [pool.take(), pool.take(), pool.take()]
    expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(2)
  })

  it('refuses a buffer of another size', () => {
    expect(() => new BufferPool(16).give(new Uint8Array(17))).toThrow(RangeError)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d as a size or a number', (number) => {
    expect(() => new BufferPool(number)).toThrow(RangeError)
    expect(() => new BufferPool(16, number)).toThrow(RangeError)
  })
})
