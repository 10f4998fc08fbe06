import { LAYERS } from './scripts/layers.mjs'

/** @typedef {import('dependency-cruiser').IForbiddenRuleType} Rule */

const WORKSPACE = '^((?:packages|apps|examples)/[^/]+|scripts)/'

/**
 * The rules one package obeys: it uses what its layer allows, and stays free of Node unless its layer says otherwise.
 *
 * @param {[name: string, layer: import('./scripts/layers.mjs').Layer]} entry
 * @returns {Rule[]}
 */
function layerRules([name, { uses, node, nodeEntry }]) {
  const files = (nodeEntry?.files ?? []).map((file) => file.replace('*', '[^/]*')).join('|')
  const nodeFiles = `^packages/${name}/src/(?:${files})\\.ts$`
  const from = { path: `^packages/${name}/src/`, ...(nodeEntry && { pathNot: nodeFiles }) }
  /** @param {readonly string[]} allowed */
  const others = (allowed) => `^packages/(?!(?:${[name, ...allowed].join('|')})/)`

  /** @type {Rule[]} */
  const rules = [
    {
      name: `${name}-uses-its-layers`,
      comment: `${name} may use: ${uses.join(', ') || 'no other package'}`,
      severity: 'error',
      from,
      to: { path: others(uses) },
    },
  ]
  if (!node) {
    rules.push({
      name: `${name}-is-runtime-neutral`,
      comment: `${name} imports neither Node's modules nor anything from outside the workspace`,
      severity: 'error',
      from,
      to: { pathNot: '^(packages|apps|examples|scripts)/[^/]+/(?!node_modules/)' },
    })
  }
  if (nodeEntry) {
    const allowed = [...uses, ...nodeEntry.uses]
    rules.push(
      {
        name: `${name}-node-entry-uses-its-layers`,
        comment: `the Node entry of ${name} may use: ${allowed.join(', ')}`,
        severity: 'error',
        from: { path: nodeFiles },
        to: { path: others(allowed) },
      },
      {
        name: `${name}-keeps-node-apart`,
        comment: `the neutral part of ${name} must not pull in its Node entry`,
        severity: 'error',
        from,
        to: { path: nodeFiles },
      },
    )
  }
  return rules
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'modules that need each other cannot be understood alone; imports of types count',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'public-entries-only',
      comment: 'another package is reached by its name, never through a path into its folder',
      severity: 'error',
      from: { path: WORKSPACE },
      to: { path: WORKSPACE, pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'sources-without-tests',
      comment: 'what is shipped must not need what is not',
      severity: 'error',
      from: { path: '^(packages|apps|examples)/[^/]+/src/' },
      to: { path: '^(packages|apps|examples)/[^/]+/(test|bench)/' },
    },
    {
      name: 'packages-below-apps',
      comment: 'arrows point down: packages know nothing of apps, and apps nothing of each other',
      severity: 'error',
      from: { path: '^((?:packages|apps|examples)/[^/]+)/' },
      to: { path: '^(apps|examples)/', pathNot: '^$1/' },
    },
    {
      name: 'resolvable',
      comment: 'either the import is misspelt, or the package does not export it',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...Object.entries(LAYERS).flatMap(layerRules),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|temp|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@millrace/source', 'node', 'import', 'types', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
}
