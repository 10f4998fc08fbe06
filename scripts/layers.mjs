/**
 * The arrows of the house: which package may use which. Everything that checks dependencies reads this table.
 *
 * @typedef {object} Layer
 * @property {readonly string[]} uses - the packages whose public entries this one may import
 * @property {boolean} [node] - it may import Node's modules and packages from outside the workspace
 * @property {NodeEntry} [nodeEntry] - files for Node only, which the rest of the package never imports
 * @property {readonly string[]} [peers] - packages from outside the workspace that its Node entry may ask for
 *
 * @typedef {object} NodeEntry
 * @property {readonly string[]} files - names in `src`, without `.ts`; a `*` stands for any characters
 * @property {readonly string[]} uses - the packages it may import besides those of the layer
 */

const MESSAGE_LAYERS = Object.freeze([
  'transport',
  'headers',
  'chunked',
  'line-receiver',
  'timeout',
  'message',
])

/** @type {Readonly<Record<string, Layer>>} */
export const LAYERS = Object.freeze({
  transport: { uses: [] },
  headers: { uses: [] },
  chunked: { uses: ['headers'] },
  'line-receiver': { uses: ['transport'] },
  timeout: { uses: ['transport'] },
  'proxy-protocol': { uses: ['transport'] },
  message: { uses: ['headers', 'chunked'] },
  channel: { uses: MESSAGE_LAYERS },
  client: { uses: MESSAGE_LAYERS, nodeEntry: { files: ['node*'], uses: ['node-transport'] } },
  'node-transport': { uses: ['transport'], node: true },
  server: {
    uses: ['transport', 'proxy-protocol', 'headers', 'chunked', 'message', 'channel', 'node-transport'],
    node: true,
  },
  testing: {
    uses: ['transport'],
    nodeEntry: { files: ['transport-suite', 'certificate'], uses: [] },
    peers: ['selfsigned', 'vitest'],
  },
})
