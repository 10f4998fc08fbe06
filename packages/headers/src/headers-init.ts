/**
 * What a {@link Headers} can be made of: pairs in order (another `Headers`, a `Map`, Fetch headers), or an object
 * whose values are one value or several.
 *
 * @public
 */
export type HeadersInit =
  Iterable<readonly [name: string, value: string]> | Readonly<Record<string, string | readonly string[]>>

/** The field lines that `init` stands for, not checked. */
export function* initialLines(
  init: HeadersInit,
): Generator<readonly [name: string, value: string], undefined> {
  if (isIterable(init)) {
    yield* init
    return
  }
  for (const [name, values] of Object.entries(init)) {
    for (const value of Array.isArray(values) ? (values as readonly string[]) : [values as string])
      yield [name, value]
  }
}

function isIterable(init: HeadersInit): init is Iterable<readonly [string, string]> {
  return typeof (init as { [Symbol.iterator]?: unknown })[Symbol.iterator] === 'function'
}
