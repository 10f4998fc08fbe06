import { describe, expect, it } from 'vitest'
import { isHidden, isServablePath } from '../src/name-policy.ts'

const linux = { dotfiles: 'well-known', platform: 'linux' } as const
const windows = { dotfiles: 'well-known', platform: 'win32' } as const

describe('isServablePath', () => {
  it.each(['../secret.txt', 'sub/index.html', '/'])(
    'P3, P4: %j holds a slash: on no system one name',
    (name) => {
      expect(isServablePath([name], linux)).toBe(false)
    },
  )

  it.each(['..\\secret.txt', 'bs\\x.txt'])('P6: %j holds a backslash: on no system served', (name) => {
    expect(isServablePath([name], linux)).toBe(false)
  })

  it.each(['', '.', '..', 'a\0'])('refuses %j even where dots are allowed', (name) => {
    expect(isServablePath([name], { dotfiles: 'allow', platform: 'linux' })).toBe(false)
  })

  it.each([[['.env']], [['.git', 'config']], [['sub', '.hidden', 'x']]])('P11: %j is hidden', (names) => {
    expect(isServablePath(names, linux)).toBe(false)
  })

  it('P12: serves .well-known at the root only (RFC 8615 §3)', () => {
    expect(isServablePath(['.well-known', 'acme'], linux)).toBe(true)
    expect(isServablePath(['sub', '.well-known', 'acme'], linux)).toBe(false)
    expect(isServablePath(['.well-known', '.env'], linux)).toBe(false)
    expect(isServablePath(['.well-known2'], linux)).toBe(false)
  })

  const devices = [
    'con',
    'NUL.txt',
    'com1.js',
    'COM¹',
    'lpt9',
    'aux',
    'CONIN$',
    'prn ',
    'nul.tar.gz',
    'LPT³.x',
    'conout$',
    'aux:x',
  ]
  it.each(devices)('P26: %j is a device on Windows and refused everywhere', (name) => {
    expect(isServablePath([name], linux)).toBe(false)
    expect(isServablePath(['sub', name, 'x'], windows)).toBe(false)
  })

  it.each(['console.log', 'com10.txt', 'com0', 'auxiliary', 'nul-1', 'contact', 'xcon', 'lpt'])(
    'P26: %j is not',
    (name) => {
      expect(isServablePath([name], windows)).toBe(true)
    },
  )

  it.each(['a.txt::$DATA', 'a.txt:x', 'C:', 'a.txt.', 'a.txt ', 'SECRE~1.TXT'])(
    'P27: %j is another name of a file on Windows, and an ordinary one elsewhere',
    (name) => {
      expect(isServablePath([name], windows)).toBe(false)
      expect(isServablePath([name], linux)).toBe(true)
    },
  )

  it('P31: serves names with spaces, percents and question marks', () => {
    expect(isServablePath(['sp ace.txt', '100%.txt', 'q?q#h.txt', 'ünï.txt', 'new\nline'], linux)).toBe(true)
  })
})

describe('isHidden', () => {
  it('P12: lets .well-known through only where the policy says so', () => {
    expect(isHidden(['.well-known'], 'deny')).toBe(true)
    expect(isHidden(['.well-known'], 'well-known')).toBe(false)
    expect(isHidden(['.env'], 'allow')).toBe(false)
  })
})
