import * as server from '@millrace/server'
import type { ResponseClass } from './fetch-handlers.ts'

/** What the light response of `@millrace/server` is called. */
const NAME = 'LightResponse'

/** The light response of `@millrace/server`; `undefined` as long as there is none. */
export const lightResponse: ResponseClass | undefined = (
  server as unknown as Readonly<Record<string, ResponseClass | undefined>>
)[NAME]
