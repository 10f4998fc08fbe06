/**
 * The platform's `AbortSignal`, whichever library describes the platform (DOM, Node, Deno): these packages name none.
 *
 * @public
 */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean; readonly reason: unknown }

interface Controller {
  readonly signal: PlatformAbortSignal
  abort(reason?: unknown): void
}

/** Makes the platform's `AbortController`. Every runtime of today has one as a global. */
export function createAbortController(): Controller {
  const { AbortController } = globalThis as unknown as { AbortController: new () => Controller }
  return new AbortController()
}
