import { describe, expect, it } from 'vitest'
import { offeredUpgrades } from '../src/index.ts'

describe('offeredUpgrades', () => {
  it('gives the protocols in order, as spelled, over all lines (RFC 9110 §7.8)', () => {
    const upgrade = ['WebSocket, HTTP/2.0', 'IRC/6.9']
    const offered = offeredUpgrades({ minorVersion: 1, upgrade, connection: ['Upgrade'] })
    expect(offered).toEqual(['WebSocket', 'HTTP/2.0', 'IRC/6.9'])
  })

  it.each([['upgrade'], ['UPGRADE'], ['keep-alive, Upgrade'], ['keep-alive', 'upgrade']])(
    'looks for upgrade in the list that Connection is: %j %j (RFC 9110 §7.6.1)',
    (...connection) => {
      expect(offeredUpgrades({ minorVersion: 1, upgrade: ['a'], connection })).toEqual(['a'])
    },
  )

  it('rule 63: ignores Upgrade in HTTP/1.0 (RFC 9110 §7.8)', () => {
    expect(offeredUpgrades({ minorVersion: 0, upgrade: ['websocket'], connection: ['upgrade'] })).toEqual([])
  })

  it.each([[], ['keep-alive'], ['upgraded']])(
    'rule 66: ignores Upgrade that Connection does not name (RFC 9110 §7.8)',
    (...connection) => {
      expect(offeredUpgrades({ minorVersion: 1, upgrade: ['websocket'], connection })).toEqual([])
    },
  )

  it('finds nothing without Upgrade', () => {
    expect(offeredUpgrades({ minorVersion: 1, upgrade: [], connection: ['upgrade'] })).toEqual([])
  })
})
