/**
 * The compliance suite that every transport passes. Needs the package `vitest`.
 *
 * @packageDocumentation
 */
import { describe } from 'vitest'
import { closingSuite } from './transport-suite/closing.ts'
import { factsSuite } from './transport-suite/facts.ts'
import { failuresSuite } from './transport-suite/failures.ts'
import { halfCloseSuite } from './transport-suite/half-close.ts'
import { producersSuite } from './transport-suite/producers.ts'
import { readingSuite } from './transport-suite/reading.ts'
import type { MakeTransportPair, TransportTraits } from './transport-suite/transport-pair.ts'
import { writingSuite } from './transport-suite/writing.ts'

export type {
  MakeTransportPair,
  PairHooks,
  TransportPair,
  TransportTraits,
} from './transport-suite/transport-pair.ts'

/**
 * Declares the tests of one transport: call it in a test file.
 *
 * @param name - what is tested, for the report: `TCP`
 * @param makePair - joins two protocols by a fresh connection; called once by every test
 * @param traits - what this kind of connection is expected to be
 * @public
 */
export function transportSuite(name: string, makePair: MakeTransportPair, traits: TransportTraits): void {
  describe(`${name} as a Transport`, () => {
    describe('writing', () => {
      writingSuite(makePair)
    })
    describe('reading', () => {
      readingSuite(makePair)
    })
    describe('producers', () => {
      producersSuite(makePair)
    })
    describe('closing', () => {
      closingSuite(makePair, traits)
    })
    describe('half-closing', () => {
      halfCloseSuite(makePair)
    })
    describe('failures', () => {
      failuresSuite(makePair)
    })
    describe('facts', () => {
      factsSuite(makePair, traits)
    })
  })
}
