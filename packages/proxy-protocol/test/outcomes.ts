import { splits } from '@millrace/testing'
import { expect } from 'vitest'
import type { ProxyHeader, ProxyHeaderOptions, ProxyProtocolErrorCode } from '../src/index.ts'
import { read } from './filter.ts'

/** Expects one header of `wire` and `rest` behind it, under every cut. */
export function expectHeader(
  wire: string | Uint8Array,
  header: Partial<ProxyHeader>,
  rest: string = '',
  options?: ProxyHeaderOptions,
): void {
  for (const pieces of splits(wire)) expect(read(pieces, options)).toMatchObject({ header, rest })
}

/** Expects one error of `wire`, under every cut. */
export function expectError(
  wire: string | Uint8Array,
  code: ProxyProtocolErrorCode,
  offset: number,
  options?: ProxyHeaderOptions,
): void {
  for (const pieces of splits(wire)) expect(read(pieces, options)).toEqual({ code, offset })
}
