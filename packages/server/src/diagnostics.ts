import { channel, type Channel } from 'node:diagnostics_channel'
import type { EventSinks } from '@millrace/channel'

const sink = (name: keyof EventSinks): Channel => channel(`millrace.channel.${name}`)

/** The events of every channel of this process, for whoever subscribes to them by name. */
export const DIAGNOSTICS_SINKS: EventSinks = Object.freeze({
  connection: sink('connection'),
  head: sink('head'),
  body: sink('body'),
  response: sink('response'),
  error: sink('error'),
  close: sink('close'),
})
