import { renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { classifyFileError, nodeFileSystem, type FileSystem } from '../src/file-system.ts'
import { Site, type Finding } from '../src/site.ts'
import { SiteTree } from './site-tree.ts'

const tree = new SiteTree()
tree.write('sub/index.html', '<p>sub')
tree.link('in.txt', 'a.txt')
tree.link('din', 'sub')
tree.link('out.txt', '../secret.txt')
tree.link('dout', '../outside')
tree.link('loop', 'loop')
tree.link('A-LINK.txt', 'a-link.txt')
tree.write('a-link.txt', 'linked')
afterAll(() => tree.remove())
afterEach(() => tree.allClosed())

/** Opens, closes, and says what was found. */
async function kindOf(names: string[], site: Site = new Site(tree.root)): Promise<Finding['kind']> {
  const finding = await site.open(names)
  if (finding.kind === 'file') finding.file.close()
  return finding.kind
}

const failing = (call: 'open' | 'realpath' | 'stat' | 'fstat', code: string): FileSystem => ({
  ...nodeFileSystem,
  [call]: () => Promise.reject(Object.assign(new Error('injected'), { code })),
})

describe('Site.open', () => {
  it('opens a file with the stats of its descriptor', async () => {
    const finding = await new Site(tree.root).open(['a.txt'])
    if (finding.kind !== 'file') throw new Error(finding.kind)
    expect(finding.file.stats.size).toBe(64)
    finding.file.close()
  })

  it('finds the root and other directories, and says where they really are', async () => {
    const site = new Site(tree.root)
    expect(await site.open([])).toMatchObject({ kind: 'directory' })
    expect(await site.open(['din'])).toEqual({ kind: 'directory', path: join(tree.root, 'sub') })
  })

  it('accepts a root with a slash at the end', async () => {
    expect(await kindOf(['a.txt'], new Site(`${tree.root}/`))).toBe('file')
  })

  it('P1: never climbs, whatever it is given', async () => {
    const site = new Site(tree.root, { dotfiles: 'allow', symlinks: 'follow' })
    for (const names of [['..', 'secret.txt'], ['sub/../../secret.txt'], ['.'], ['']]) {
      expect(await kindOf(names, site)).toBe('missing')
    }
  })

  it('P16: follows links within the root, all, or none', async () => {
    const kinds = (symlinks: 'within-root' | 'deny' | 'follow') => {
      const site = new Site(tree.root, { symlinks })
      return Promise.all(
        [['in.txt'], ['din', 'index.html'], ['out.txt'], ['dout', 'o.txt'], ['dout']].map((n) =>
          kindOf(n, site),
        ),
      )
    }
    expect(await kinds('within-root')).toEqual(['file', 'file', 'missing', 'missing', 'missing'])
    expect(await kinds('deny')).toEqual(['missing', 'missing', 'missing', 'missing', 'missing'])
    expect(await kinds('follow')).toEqual(['file', 'file', 'file', 'file', 'directory'])
  })

  it('P28: a link may differ from its target in case only', async () => {
    expect(await kindOf(['A-LINK.txt'])).toBe('file')
  })

  it('P28: a name that only a file system without case finds is missing', async () => {
    const folding: FileSystem = {
      ...nodeFileSystem,
      open: (path) => nodeFileSystem.open(path.replace('A.TXT', 'a.txt').replace('SUB', 'sub')),
      lstat: (path) => nodeFileSystem.lstat(path.replace('A.TXT', 'a.txt').replace('SUB', 'sub')),
      realpath: (path) => nodeFileSystem.realpath(path.replace('A.TXT', 'a.txt').replace('SUB', 'sub')),
    }
    const site = new Site(tree.root, { fileSystem: folding })
    expect(await kindOf(['A.TXT'], site)).toBe('missing')
    expect(await kindOf(['SUB', 'index.html'], site)).toBe('missing')
    expect(await kindOf(['a.txt'], site)).toBe('file')
  })

  it.each([
    ['ENOENT', 'missing'],
    ['ENOTDIR', 'missing'],
    ['ENAMETOOLONG', 'missing'],
    ['ELOOP', 'missing'],
    ['ENXIO', 'missing'],
    ['EACCES', 'forbidden'],
    ['EPERM', 'forbidden'],
    ['EMFILE', 'unavailable'],
    ['ENFILE', 'unavailable'],
    ['EIO', 'failed'],
  ])('P24: %s while opening → %s', async (code, kind) => {
    const site = new Site(tree.root, { fileSystem: failing('open', code) })
    expect(await site.open(['a.txt'])).toMatchObject({ kind, error: { code } })
  })

  it.each(['realpath', 'stat', 'fstat'] as const)('P24: frees the descriptor when %s fails', async (call) => {
    expect(await kindOf(['a.txt'], new Site(tree.root, { fileSystem: failing(call, 'EIO') }))).toBe('failed')
  })

  it('F1: a file that is replaced after it was opened is opened again', async () => {
    const path = tree.write('swapped.txt', 'old')
    let swaps = 0
    const swapping: FileSystem = {
      ...nodeFileSystem,
      open: async (name) => {
        const fd = await nodeFileSystem.open(name)
        if (swaps === 0) renameSync(tree.write('next.txt', 'newer'), path)
        swaps += 1
        return fd
      },
    }
    const finding = await new Site(tree.root, { fileSystem: swapping }).open(['swapped.txt'])
    if (finding.kind !== 'file') throw new Error(finding.kind)
    expect([finding.file.stats.size, swaps]).toEqual([5, 2])
    finding.file.close()
  })

  it('F1: a file that is replaced by a link out of the root is not served', async () => {
    const path = tree.write('becomes-link.txt', 'ours')
    const swapping: FileSystem = {
      ...nodeFileSystem,
      open: async (name) => {
        rmSync(path)
        symlinkSync('../secret.txt', path)
        const fd = await nodeFileSystem.open(name) // the secret file
        rmSync(path)
        tree.write('becomes-link.txt', 'ours')
        return fd
      },
    }
    expect(await kindOf(['becomes-link.txt'], new Site(tree.root, { fileSystem: swapping }))).toBe(
      'unavailable',
    )
  })

  it('F1: a file that is removed after it was opened is missing', async () => {
    const path = tree.write('removed.txt', 'old')
    const removing: FileSystem = {
      ...nodeFileSystem,
      open: async (name) => {
        const fd = await nodeFileSystem.open(name)
        unlinkSync(path)
        return fd
      },
    }
    expect(await kindOf(['removed.txt'], new Site(tree.root, { fileSystem: removing }))).toBe('missing')
  })

  it('follows a root that is switched to another release, at once', async () => {
    tree.write('../release-1/v.txt', '1')
    tree.write('../release-2/v.txt', '22')
    const root = join(tree.base, 'current')
    symlinkSync('release-1', root)
    const site = new Site(root)
    const size = async (): Promise<number> => {
      const finding = await site.open(['v.txt'])
      if (finding.kind !== 'file') throw new Error(finding.kind)
      finding.file.close()
      return finding.file.stats.size
    }
    expect(await size()).toBe(1)
    symlinkSync('release-2', `${root}-new`)
    renameSync(`${root}-new`, root)
    expect(await size()).toBe(2)
  })

  it('may be made before its root exists', async () => {
    const site = new Site(join(tree.base, 'later'))
    expect(await kindOf([], site)).toBe('missing')
    tree.write('../later/x.txt', 'x')
    expect(await kindOf(['x.txt'], site)).toBe('file')
  })
})

describe('Site options', () => {
  it.each(['', '..', '.', 'a/b', '.env', 'nul'])('refuses %j as an index', (name) => {
    expect(() => new Site(tree.root, { indexNames: [name] })).toThrow(TypeError)
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d as the longest listing', (maxListingEntries) => {
    expect(() => new Site(tree.root, { maxListingEntries })).toThrow(RangeError)
  })
})

describe('classifyFileError', () => {
  it('takes what is no error of the file system for a fault of ours', () => {
    expect(classifyFileError(new TypeError('x'))).toBe('failed')
    expect(classifyFileError('ENOENT')).toBe('failed')
  })
})
