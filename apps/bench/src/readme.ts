const HEADING = '## Figures'

/** A README whose section of figures is `section`, in the place of what it was, or at the end. */
export function withFigures(readme: string, section: string): string {
  const text = `${HEADING}\n\n${section.trimEnd()}\n`
  const start = readme.startsWith(`${HEADING}\n`) ? 0 : readme.indexOf(`\n${HEADING}\n`) + 1
  if (start === 0 && !readme.startsWith(`${HEADING}\n`)) return `${readme.trimEnd()}\n\n${text}`
  const next = readme.indexOf('\n## ', start + HEADING.length)
  return next === -1 ? readme.slice(0, start) + text : `${readme.slice(0, start)}${text}${readme.slice(next)}`
}
