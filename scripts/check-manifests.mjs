import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { LAYERS } from './layers.mjs'
import { readManifest, workspaceFolders } from './repository.mjs'

const SCOPE = '@millrace/'

/**
 * Holds what the packages declare against the layers: imports are checked elsewhere, but a dependency is
 * installed by every user even if nothing imports it.
 *
 * @param {string} root
 * @returns {import('./steps.mjs').CheckResult}
 */
export function checkManifests(root) {
  const packages = workspaceFolders(root).filter((folder) => folder.startsWith('packages/'))
  return { problems: [...packages.flatMap((folder) => checkPackage(root, folder)), ...checkPins(root)] }
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function checkPackage(root, folder) {
  const layer = LAYERS[basename(folder)]
  if (layer === undefined) return [`${folder} has no place in scripts/layers.mjs`]

  const manifest = readManifest(join(root, folder))
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = manifest
  const wrongName =
    manifest.name === `${SCOPE}${basename(folder)}` ? [] : [`${folder} is named ${manifest.name}`]
  const allowed = [...layer.uses, ...(layer.nodeEntry?.uses ?? [])]
  const arrows = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
    .filter((name) => name.startsWith(SCOPE) && !allowed.includes(name.slice(SCOPE.length)))
    .map((name) => `${folder} depends on ${name}, which is not below it`)
  if (layer.node) return [...wrongName, ...arrows]

  const outside = Object.keys({ ...dependencies, ...optionalDependencies })
    .filter((name) => !name.startsWith(SCOPE))
    .map((name) => `${folder} depends on ${name}, which is outside the workspace`)
  const peers = Object.keys(peerDependencies)
    .filter((name) => !name.startsWith(SCOPE))
    .filter((name) => !layer.peers?.includes(name) || !peerDependenciesMeta[name]?.optional)
    .map((name) => `${folder} asks for the peer ${name}: it must be optional and stand in scripts/layers.mjs`)
  return [...wrongName, ...arrows, ...outside, ...peers]
}

/**
 * pnpm is named twice: as what installs, and as a tool that others start. Both must be the same version.
 *
 * @param {string} root
 * @returns {string[]}
 */
function checkPins(root) {
  const { packageManager } = readManifest(root)
  const workspace = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')
  const version = /^ {2}pnpm: (\S+)$/m.exec(workspace)?.[1]
  if (packageManager === `pnpm@${version}`) return []
  return [`packageManager is ${packageManager}, but the catalog of pnpm-workspace.yaml holds pnpm ${version}`]
}
