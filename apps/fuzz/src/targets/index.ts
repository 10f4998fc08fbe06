import type { FuzzCase, Target } from '../target.ts'
import { channelTarget } from './channel.ts'
import { chunkedTarget } from './chunked.ts'
import { clientTarget } from './client.ts'
import { differentialTarget } from './differential.ts'
import { linesTarget } from './lines.ts'

/** Every target, in the order in which they run; made anew for each run, for some of them count. */
export function makeTargets(): Target<FuzzCase>[] {
  return [
    channelTarget(),
    chunkedTarget(),
    linesTarget(),
    clientTarget(),
    differentialTarget(),
  ] as unknown as Target<FuzzCase>[]
}
