/** The lines of one name: the name as first spelled, and all values in order. */
export type FieldGroup = [name: string, values: string[]]

/** The lines by lower-case name, in order of first appearance. */
export function groupByName(
  lines: Iterable<readonly [name: string, value: string]>,
): Map<string, FieldGroup> {
  const groups = new Map<string, FieldGroup>()
  for (const [name, value] of lines) {
    const key = name.toLowerCase()
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [name, [value]])
    else group[1].push(value)
  }
  return groups
}

/** Whether both hold the same names with the same values in the same order, whatever the order of the names. */
export function isSameGrouping(
  one: ReadonlyMap<string, FieldGroup>,
  other: ReadonlyMap<string, FieldGroup>,
): boolean {
  if (one.size !== other.size) return false
  for (const [key, [, values]] of one) {
    const others = other.get(key)?.[1]
    if (others?.length !== values.length || !values.every((value, index) => value === others[index]))
      return false
  }
  return true
}
