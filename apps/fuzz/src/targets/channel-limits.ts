import { DEFAULT_CHANNEL_OPTIONS } from '@millrace/channel'
import { DEFAULT_CHUNKED_LIMITS } from '@millrace/chunked'
import type { Chance } from '../chance.ts'
import type { Fill } from '../generate/field-lines.ts'
import type { RequestLimits } from '../oracle/request.ts'

const { maxLength, totalHeadersSize, maxHeaders, maxBlankLines, maxBodySize } = DEFAULT_CHANNEL_OPTIONS

/** The limits that a channel is tried with: its own, and some that inputs meet more often. */
export const CHANNEL_LIMITS: readonly RequestLimits[] = [
  { maxLength, totalHeadersSize, maxHeaders, maxBlankLines, maxBodySize, chunked: DEFAULT_CHUNKED_LIMITS },
  {
    maxLength: 60,
    totalHeadersSize: 90,
    maxHeaders: 3,
    maxBlankLines: 2,
    maxBodySize: 10,
    chunked: {
      maxChunkLineBytes: 12,
      maxExtensionBytes: 8,
      maxOverheadBytes: 40,
      maxTrailerBytes: 24,
      maxTrailerCount: 2,
    },
  },
  {
    maxLength: 200,
    totalHeadersSize: 160,
    maxHeaders: 5,
    maxBlankLines: 0,
    maxBodySize: 100,
    chunked: {
      maxChunkLineBytes: 40,
      maxExtensionBytes: 40,
      maxOverheadBytes: 10,
      maxTrailerBytes: 60,
      maxTrailerCount: 3,
    },
  },
  {
    maxLength: 40,
    totalHeadersSize: 1_000,
    maxHeaders: 0,
    maxBlankLines: 8,
    maxBodySize: 0,
    chunked: {
      maxChunkLineBytes: 3,
      maxExtensionBytes: 0,
      maxOverheadBytes: 0,
      maxTrailerBytes: 0,
      maxTrailerCount: 0,
    },
  },
]

/** What of a head is made about as long as its limit: now and then, or rarely where the limits are large. */
export function fillFor(
  chance: Chance,
  limits: { maxLength: number; totalHeadersSize: number },
): Fill | null {
  if (!chance.of(limits.totalHeadersSize > 1_000 ? 0.001 : 0.3)) return null
  const what = chance.pick(['head', 'field-line', 'start-line'] as const)
  const most = chance.of(0.1) ? limits.totalHeadersSize : limits.maxLength
  return { what, size: what === 'head' ? limits.totalHeadersSize : most }
}
