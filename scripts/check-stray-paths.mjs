import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { listFiles } from './repository.mjs'

/** Folders that exist on one person's machine. Part of a longer word or of a URL's path they mean nothing. */
const MACHINE_PATH = /(?<![\w.~*/-])\/(?:home|root|Users|tmp)\/[\w.-]/
const REGISTRY = /\/\/registry\.|_auth(?:Token)?\s*=|\bregistry\s*=\s*https?:/
const TARBALL = /\btarball: *['"]?https?:/

/**
 * Finds what belongs to the machine a commit was made on: absolute paths, and where its packages came from.
 *
 * @param {string} root
 * @param {string} [home] - the home folder of whoever runs this
 * @returns {import('./steps.mjs').CheckResult}
 */
export function checkStrayPaths(root, home = homedir()) {
  const places = [root, home].filter((place) => place.split(/[\\/]/).filter(Boolean).length > 1)
  const isStray = (/** @type {string} */ line) =>
    MACHINE_PATH.test(line) ||
    REGISTRY.test(line) ||
    TARBALL.test(line) ||
    places.some((place) => line.includes(place))

  return {
    problems: listFiles(root).flatMap((file) => {
      const text = readFileSync(join(root, file), 'latin1')
      if (text.includes('\0')) return [] // an image, or another file that is not text
      return text
        .split('\n')
        .map((line, index) => ({ line, number: index + 1 }))
        .filter(({ line }) => isStray(line))
        .map(({ line, number }) => `${file}:${number}: ${line.trim().slice(0, 160)}`)
    }),
  }
}
