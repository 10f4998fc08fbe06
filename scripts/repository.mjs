import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What tools write: never source. */
const GENERATED = new Set(['.git', '.turbo', 'coverage', 'dist', 'node_modules', 'temp'])

/**
 * @typedef {object} Manifest - what the checks read of a package.json
 * @property {string} name
 * @property {string} [packageManager]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
export function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/**
 * The folders of the workspace's packages, relative to `root`: `packages/headers`, `apps/proxy`, …
 *
 * @param {string} root
 * @returns {string[]}
 */
export function workspaceFolders(root) {
  return ['packages', 'apps', 'examples']
    .filter((group) => existsSync(join(root, group)))
    .flatMap((group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}

/**
 * Every file that people write, relative to `root`, with forward slashes, sorted.
 *
 * @param {string} root
 * @param {string} [folder] - relative to `root`; empty for all
 * @returns {string[]}
 */
export function listFiles(root, folder = '') {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !GENERATED.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return listFiles(root, path)
      return entry.isFile() ? [path] : []
    })
    .sort()
}
