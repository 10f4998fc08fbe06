import { describe, expect, it } from 'vitest'
import { banner, flagsInForce, startLines, type Announcement } from '../src/announcement.ts'
import { readCommandLine } from '../src/command-line.ts'

const facts: Announcement = {
  url: 'http://127.0.0.1:3000/',
  port: 3000,
  pid: 42,
  root: '/srv/site',
  flags: [],
}

function flagsOf(...args: string[]): string[] {
  const reading = readCommandLine(args, {}, '1.2.3')
  if (reading.kind !== 'serve') throw new Error('not accepted')
  return flagsInForce(reading.commandLine)
}

describe('banner', () => {
  it('has the URL and the directory', () => {
    expect(banner(facts)).toBe(`
  Local   http://127.0.0.1:3000/
  Root    /srv/site

  Ctrl-C ends it.

`)
  })

  it('has the flags in force', () => {
    expect(banner({ ...facts, flags: ['--no-list', '--dotfiles allow'] })).toContain(
      '\n  Flags   --no-list --dotfiles allow\n',
    )
  })
})

describe('startLines', () => {
  it('has a line for people, and one for programs', () => {
    const [forPeople, forPrograms, rest] = startLines(facts).split('\n')
    expect(forPeople).toBe('Serving /srv/site at http://127.0.0.1:3000/')
    expect(JSON.parse(forPrograms ?? '')).toEqual({
      event: 'listening',
      url: 'http://127.0.0.1:3000/',
      port: 3000,
      pid: 42,
      root: '/srv/site',
    })
    expect(rest).toBe('')
  })
})

describe('flagsInForce', () => {
  it('has nothing to say of the defaults, nor of where the server listens', () => {
    expect(flagsOf('public', '--port', '0', '--host', '::', '-q')).toEqual([])
  })

  it('has every option that changes what is served', () => {
    expect(
      flagsOf('--index', 'a.html, b.html', '--no-list', '--dotfiles', 'deny', '--symlinks', 'follow'),
    ).toEqual(['--index a.html,b.html', '--no-list', '--dotfiles deny', '--symlinks follow'])
  })

  it('has whose PROXY header is believed', () => {
    expect(flagsOf('--proxy-protocol', '::1, unix')).toEqual(['--proxy-protocol ::1,unix'])
    expect(flagsOf('--proxy-protocol', '::1', '--proxy-protocol-others', 'plain')).toEqual([
      '--proxy-protocol ::1',
      '--proxy-protocol-others plain',
    ])
  })
})
