import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readManifest, workspaceFolders } from './repository.mjs'
import { runCommand } from './run-command.mjs'

/** Holds the fingerprint of the last installation, inside the folder that it vouches for. */
const STAMP = 'node_modules/.millrace/installed'

/**
 * Installs the dependencies of the whole workspace, unless nothing changed since it was last done here.
 * Needs npm alone: it fetches the pnpm that `packageManager` names.
 *
 * @param {string} root
 * @returns {Promise<import('./run-command.mjs').CommandResult>}
 */
export async function installDependencies(root) {
  const fingerprint = installFingerprint(root)
  if (isInstalled(root, fingerprint)) return { code: 0, output: '' }

  const { packageManager } = readManifest(root)
  if (packageManager === undefined) throw new Error('package.json names no packageManager')
  // Replacing an older node_modules would otherwise be asked about, and there is nobody to answer.
  const options = ['--frozen-lockfile', '--config.confirmModulesPurge=false']
  const result = await runCommand(root, ['npx', '--yes', packageManager, 'install', ...options])
  if (result.code === 0) {
    const stamp = join(root, STAMP)
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, fingerprint)
  }
  return result
}

/**
 * Changes with everything that decides what an installation holds.
 *
 * @param {string} root
 * @returns {string}
 */
export function installFingerprint(root) {
  const manifests = ['.', ...workspaceFolders(root)].map((folder) => `${folder}/package.json`)
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.version}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/**
 * @param {string} root
 * @param {string} fingerprint
 */
function isInstalled(root, fingerprint) {
  const stamp = join(root, STAMP)
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint) return false
  return workspaceFolders(root).every((folder) => {
    const { dependencies = {} } = readManifest(join(root, folder))
    return Object.keys(dependencies).every((name) => existsSync(join(root, folder, 'node_modules', name)))
  })
}
