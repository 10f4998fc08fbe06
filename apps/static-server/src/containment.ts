import { isHidden, type DotfilePolicy } from './name-policy.ts'

/**
 * Which symbolic links inside the root are followed.
 *
 * @public
 */
export type SymlinkPolicy =
  /** Those that lead to something inside the root. */
  | 'within-root'
  /** None, at any depth. */
  | 'deny'
  /** All, also out of the root. */
  | 'follow'

/** What decides whether a real location may be served. */
export interface LocationPolicy {
  readonly symlinks: SymlinkPolicy
  readonly dotfiles: DotfilePolicy
  /** `/` or `\`. */
  readonly separator: string
}

/**
 * The names that lead from `realRoot` to `realPath`; undefined when it lies outside.
 * `/srv/www-backup` is not inside `/srv/www`: a separator has to follow.
 */
export function namesBelow(realRoot: string, realPath: string, separator: string): string[] | undefined {
  if (realPath === realRoot) return []
  const prefix = realRoot.endsWith(separator) ? realRoot : realRoot + separator
  return realPath.startsWith(prefix) ? realPath.slice(prefix.length).split(separator) : undefined
}

/**
 * Whether something requested as `names` that was found to be at `realPath` may be served.
 *
 * @param names - the requested segments
 * @param realRoot - the root with every link resolved
 * @param realPath - the location with every link resolved
 */
export function isAdmitted(
  names: readonly string[],
  realRoot: string,
  realPath: string,
  policy: LocationPolicy,
): boolean {
  const realNames = namesBelow(realRoot, realPath, policy.separator)
  if (realNames === undefined) {
    return policy.symlinks === 'follow' && !isHidden(stepsTo(realRoot, realPath, policy), policy.dotfiles)
  }
  if (isHidden(realNames, policy.dotfiles)) return false
  return policy.symlinks !== 'deny' || isSameSpelling(names, realNames)
}

/**
 * The positions at which `names` is another spelling, in case only, of where the file really is: either a link
 * leads there, or the file system ignores case and the request does not use the file's own name.
 */
export function caseAliases(names: readonly string[], realNames: readonly string[]): number[] {
  if (names.length !== realNames.length) return []
  const positions: number[] = []
  for (const [position, name] of names.entries()) {
    const given = name.normalize('NFC') // a file system may keep either form (APFS): they are one name
    const real = (realNames[position] ?? '').normalize('NFC')
    if (given === real) continue
    if (given.toLowerCase() !== real.toLowerCase()) return []
    positions.push(position)
  }
  return positions
}

function isSameSpelling(names: readonly string[], realNames: readonly string[]): boolean {
  return (
    names.length === realNames.length &&
    names.every((name, position) => name.normalize('NFC') === realNames[position]?.normalize('NFC'))
  )
}

/**
 * The names below the deepest directory that both locations share. Dots in the part they share say nothing about
 * the file: the whole site may live in `~/.local/share`.
 */
function stepsTo(realRoot: string, realPath: string, policy: LocationPolicy): string[] {
  const rootNames = realRoot.split(policy.separator)
  const names = realPath.split(policy.separator)
  const shared = names.findIndex((name, position) => name !== rootNames[position])
  // A step up in front, so that nothing out there counts as the site's own `.well-known`.
  return ['..', ...names.slice(shared)]
}
