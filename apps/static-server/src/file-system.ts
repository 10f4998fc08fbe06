import fs from 'node:fs'

/** The calls that find a file and open it; handed in, so that tests can make each of them fail. */
export interface FileSystem {
  /** Opens for reading, without waiting for the other end of a FIFO. */
  open(path: string): Promise<number>
  fstat(fd: number): Promise<fs.BigIntStats>
  stat(path: string): Promise<fs.BigIntStats>
  lstat(path: string): Promise<fs.BigIntStats>
  /** The path with every link resolved, as the system spells it. */
  realpath(path: string): Promise<string>
  /** Reads up to `length` bytes at `position` into the beginning of `target`; 0 bytes at the end of the file. */
  read(
    fd: number,
    target: Uint8Array,
    length: number,
    position: number,
    done: (error: Error | null, bytesRead: number) => void,
  ): void
  close(fd: number): void
}

/**
 * O_NONBLOCK: opening a FIFO that nobody writes to returns at once instead of holding a thread for ever.
 * O_NOCTTY: opening a terminal never makes it ours. Neither exists on Windows, nor is needed there.
 */
const OPEN_FLAGS = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0)

/**
 * The file system of this machine, on callbacks and plain descriptors: several times as fast as `FileHandle`s.
 */
export const nodeFileSystem: FileSystem = {
  open: (path) => settle((done) => fs.open(path, OPEN_FLAGS, done)),
  fstat: (fd) => settle((done) => fs.fstat(fd, { bigint: true }, done)),
  stat: (path) => settle((done) => fs.stat(path, { bigint: true }, done)),
  lstat: (path) => settle((done) => fs.lstat(path, { bigint: true }, done)),
  realpath: (path) => settle((done) => fs.realpath.native(path, done)),
  read: (fd, target, length, position, done) => fs.read(fd, target, 0, length, position, done),
  close: (fd) => fs.close(fd, ignoreCloseError),
}

/** What an error of the file system says about the thing that was asked for. */
export type FileFailure = 'missing' | 'forbidden' | 'unavailable' | 'failed'

const FAILURES: ReadonlyMap<string, FileFailure> = new Map([
  ['ENOENT', 'missing'],
  ['ENOTDIR', 'missing'],
  ['ENAMETOOLONG', 'missing'],
  ['ELOOP', 'missing'],
  ['ENXIO', 'missing'], // a socket, or a device that is not there
  ['ENODEV', 'missing'],
  ['EOPNOTSUPP', 'missing'], // a socket, on BSD and macOS
  ['EINVAL', 'missing'], // a name that the file system cannot hold
  ['EILSEQ', 'missing'], // the same, on APFS
  ['EACCES', 'forbidden'],
  ['EPERM', 'forbidden'],
  ['EMFILE', 'unavailable'], // out of descriptors: passes when others finish
  ['ENFILE', 'unavailable'],
])

/** Sorts an error by its errno code. */
export function classifyFileError(error: unknown): FileFailure {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return (typeof code === 'string' ? FAILURES.get(code) : undefined) ?? 'failed'
}

function settle<T>(call: (done: (error: Error | null, result: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => (error === null ? resolve(result) : reject(error)))
  })
}

/** A descriptor that was only read from has nothing to lose when it is closed. */
function ignoreCloseError(): void {}
