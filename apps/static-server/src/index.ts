/**
 * Serves a directory over HTTP/1.1: exact ranges, real preconditions, and nothing from outside the directory.
 *
 * @packageDocumentation
 */
export type { SymlinkPolicy } from './containment.ts'
export type { Exchange } from './exchange.ts'
export type { DotfilePolicy } from './name-policy.ts'
export { serveStatic, staticRequestFactory } from './serve-static.ts'
export type { ServeStaticOptions, StaticOptions } from './serve-static.ts'
export type { SiteRules } from './site.ts'
export type { EntityTagSource } from './validators.ts'
