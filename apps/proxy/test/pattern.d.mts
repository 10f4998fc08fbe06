export declare const GIBIBYTE: number
export declare function patternPieces(): Generator<Uint8Array>
export declare class PatternCheck {
  length: number
  take(chunk: Uint8Array): void
  get verdict(): string
}
