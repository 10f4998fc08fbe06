import { describe, expect, it } from 'vitest'
import { withFigures } from '../src/readme.ts'

describe('withFigures', () => {
  it('puts the section at the end where there is none', () => {
    expect(withFigures('# bench\n\nText.\n', 'new')).toBe('# bench\n\nText.\n\n## Figures\n\nnew\n')
  })

  it('replaces the section at the end', () => {
    expect(withFigures('# bench\n\n## Figures\n\nold\nold\n', 'new')).toBe('# bench\n\n## Figures\n\nnew\n')
  })

  it('leaves what stands behind the section', () => {
    expect(withFigures('# bench\n\n## Figures\n\nold\n\n## More\n\nText.\n', 'new')).toBe(
      '# bench\n\n## Figures\n\nnew\n\n## More\n\nText.\n',
    )
  })
})
