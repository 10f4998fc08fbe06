import { isSameName } from './field-name.ts'

// Field lines are two lists side by side: the names and, at the same indexes, the values.

/** Index of the next line of this name, at `from` or behind it; -1 when there is none. */
export function findLine(names: readonly string[], name: string, from: number): number {
  for (let index = from; index < names.length; index += 1) if (isSameName(names[index]!, name)) return index
  return -1
}

/** Takes out the lines of this name, the first of them at `first`: the others close up, in one pass. */
export function removeLines(names: string[], values: string[], first: number, name: string): void {
  let kept = first
  for (let index = first + 1; index < names.length; index += 1) {
    if (isSameName(names[index]!, name)) continue
    names[kept] = names[index]!
    values[kept] = values[index]!
    kept += 1
  }
  names.length = kept
  values.length = kept
}

/** Puts lines with these values in the place of the first line of this name, at `first`; its other ones are taken out. */
export function replaceLines(
  names: string[],
  values: string[],
  first: number,
  name: string,
  replacements: readonly string[],
): void {
  const laterNames = names.splice(first)
  const laterValues = values.splice(first)
  for (const value of replacements) {
    names.push(name)
    values.push(value)
  }
  for (let index = 1; index < laterNames.length; index += 1) {
    if (isSameName(laterNames[index]!, name)) continue
    names.push(laterNames[index]!)
    values.push(laterValues[index]!)
  }
}
