/**
 * Which names that begin with a dot are served.
 *
 * @public
 */
export type DotfilePolicy =
  /** None. */
  | 'deny'
  /** Only the `.well-known` directory at the root of the site (RFC 8615). */
  | 'well-known'
  /** All. */
  | 'allow'

/** What decides whether a name can be served at all. */
export interface NamePolicy {
  readonly dotfiles: DotfilePolicy
  /** The platform whose file names are meant, as `process.platform` spells it. */
  readonly platform: string
}

/**
 * Devices that Windows finds in every directory, whatever extension follows. They are refused everywhere, so that
 * a site behaves alike wherever it is served from. ISO 8859-1 superscript digits count as digits there.
 */
const DEVICE_NAME = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[1-9\u00b9\u00b2\u00b3]) *(?:[.:]|$)/i

/** Streams and drives (`:`), names that Windows trims (`a.`, `a `), and 8.3 aliases (`SECRE~1.TXT`). */
const WINDOWS_ALIAS = /:|[. ]$|~\d/

/** A separator on some system. Both are refused on all: a name that holds one is read differently elsewhere. */
const SEPARATOR = /[/\\\0]/

/**
 * Whether the names of a requested path, from the root of the site on, may be looked up.
 *
 * @param names - decoded segments
 */
export function isServablePath(names: readonly string[], policy: NamePolicy): boolean {
  return !isHidden(names, policy.dotfiles) && names.every((name) => isPlainName(name, policy.platform))
}

/**
 * Whether any of these names begins with a dot that the policy does not let through. Applied to what was requested
 * and again to where the file really is, so that no link gives a hidden file a visible name.
 */
export function isHidden(names: readonly string[], dotfiles: DotfilePolicy): boolean {
  if (dotfiles === 'allow') return false
  return names.some(
    (name, position) =>
      name.startsWith('.') &&
      name !== '..' && // a step out of the root, which is the symlink policy's to judge
      !(dotfiles === 'well-known' && position === 0 && name === '.well-known'),
  )
}

/** Whether `name` means one entry of one directory, on every system it may be served from. */
function isPlainName(name: string, platform: string): boolean {
  if (name === '' || name === '.' || name === '..') return false
  if (SEPARATOR.test(name) || DEVICE_NAME.test(name)) return false
  return platform !== 'win32' || !WINDOWS_ALIAS.test(name)
}
