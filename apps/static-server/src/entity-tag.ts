/** An opaque name for one state of a representation (RFC 9110 §8.8.3). */
export interface EntityTag {
  /** Whether two states that are merely equivalent may share it. */
  readonly weak: boolean
  /** What stands between the quotes. */
  readonly opaque: string
}

/** One entity-tag; the characters are `etagc`: a comma may stand inside, a space or a quote may not. */
const ENTITY_TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/y
const LIST_END = /[ \t]*(?:,|$)/y

/** The tag as it stands in a field. */
export function formatEntityTag(tag: EntityTag): string {
  return `${tag.weak ? 'W/' : ''}"${tag.opaque}"`
}

/** The one tag that `text` is; undefined when it is anything else. `W/` is case-sensitive. */
export function parseEntityTag(text: string): EntityTag | undefined {
  ENTITY_TAG.lastIndex = 0
  const match = ENTITY_TAG.exec(text)
  return match !== null && match[0].length === text.length ? tagOf(match) : undefined
}

/**
 * The tags of a list, in order. A member that is no tag is passed over up to the next comma: it can match
 * nothing, and the others still can.
 */
export function parseEntityTagList(text: string): EntityTag[] {
  const tags: EntityTag[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === ',' || character === ' ' || character === '\t') {
      at += 1
      continue
    }
    ENTITY_TAG.lastIndex = at
    const match = ENTITY_TAG.exec(text)
    LIST_END.lastIndex = ENTITY_TAG.lastIndex
    if (match !== null && LIST_END.test(text)) {
      tags.push(tagOf(match))
      at += match[0].length
    } else {
      const comma = text.indexOf(',', at)
      at = comma === -1 ? text.length : comma
    }
  }
  return tags
}

/** Strong comparison: the same bytes (RFC 9110 §8.8.3.2). */
export function isSameBytes(one: EntityTag, other: EntityTag): boolean {
  return !one.weak && !other.weak && one.opaque === other.opaque
}

/** Weak comparison: good enough to go on using a stored copy (RFC 9110 §8.8.3.2). */
export function isEquivalent(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque
}

function tagOf(match: RegExpExecArray): EntityTag {
  return { weak: match[1] !== undefined, opaque: match[2] ?? '' }
}
