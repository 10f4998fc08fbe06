import { describe, expect, it } from 'vitest'
import { caseAliases, isAdmitted, namesBelow, type LocationPolicy } from '../src/containment.ts'

const within: LocationPolicy = { symlinks: 'within-root', dotfiles: 'well-known', separator: '/' }
const deny: LocationPolicy = { ...within, symlinks: 'deny' }
const follow: LocationPolicy = { ...within, symlinks: 'follow' }
const admits = (names: string[], realPath: string, policy: LocationPolicy): boolean =>
  isAdmitted(names, '/srv/www', realPath, policy)

describe('namesBelow', () => {
  it('P17: asks for a separator after the root', () => {
    expect(namesBelow('/srv/www', '/srv/www-backup/x', '/')).toBeUndefined()
    expect(namesBelow('/srv/www', '/srv/www/x/y', '/')).toEqual(['x', 'y'])
    expect(namesBelow('/srv/www', '/srv/www', '/')).toEqual([])
    expect(namesBelow('/srv/www', '/srv', '/')).toBeUndefined()
  })

  it('serves a whole file system or drive', () => {
    expect(namesBelow('/', '/etc/x', '/')).toEqual(['etc', 'x'])
    expect(namesBelow('C:\\', 'C:\\x', '\\')).toEqual(['x'])
  })
})

describe('isAdmitted', () => {
  it('P13: judges dots by where the file really is', () => {
    expect(admits(['pub.txt'], '/srv/www/.env', within)).toBe(false)
    expect(admits(['pub.txt'], '/srv/www/.env', { ...within, dotfiles: 'allow' })).toBe(true)
  })

  it('P14: refuses what is really outside', () => {
    expect(admits(['link-out.txt'], '/srv/secret.txt', within)).toBe(false)
    expect(admits(['link-out.txt'], '/srv/secret.txt', deny)).toBe(false)
  })

  it('P16: follows a link inside the root unless links are denied', () => {
    expect(admits(['l', 'x'], '/srv/www/d/x', within)).toBe(true)
    expect(admits(['l', 'x'], '/srv/www/d/x', deny)).toBe(false)
    expect(admits(['d', 'x'], '/srv/www/d/x', deny)).toBe(true)
    expect(admits(['d', 'x'], '/srv/www/d/x/y', deny)).toBe(false)
  })

  it('follows a link out of the root where that is asked for, but not to a hidden file', () => {
    expect(admits(['l'], '/srv/data/x', follow)).toBe(true)
    expect(admits(['l'], '/srv/.ssh/id', follow)).toBe(false)
    expect(admits(['l'], '/srv/.well-known/x', follow)).toBe(false)
    expect(admits(['l'], '/.env', follow)).toBe(false)
  })

  it('does not mind dots in the path of the root itself', () => {
    const root = '/opt/.local/site'
    expect(isAdmitted(['a'], root, `${root}/a`, within)).toBe(true)
    expect(isAdmitted(['a'], root, '/opt/.local/other/a', follow)).toBe(true)
  })
})

describe('caseAliases', () => {
  it('P28: finds where a request differs from the real name in case only', () => {
    expect(caseAliases(['A.TXT'], ['a.txt'])).toEqual([0])
    expect(caseAliases(['d', 'X', 'y'], ['d', 'x', 'Y'])).toEqual([1, 2])
    expect(caseAliases(['a.txt'], ['a.txt'])).toEqual([])
  })

  it('P28: leaves a location with another name to the link policy', () => {
    expect(caseAliases(['l', 'X'], ['d', 'x'])).toEqual([])
    expect(caseAliases(['X'], ['d', 'x'])).toEqual([])
  })

  it('P29: takes both Unicode forms of a name for one', () => {
    expect(caseAliases(['\u00fc'], ['u\u0308'])).toEqual([])
    expect(isAdmitted(['\u00fc'], '/r', '/r/u\u0308', deny)).toBe(true)
  })
})
