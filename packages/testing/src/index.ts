/**
 * What tests of protocols need: a connection in memory, a clock that stands still, and every way of cutting input.
 *
 * @packageDocumentation
 */
export { Chance } from './chance.ts'
export { FakeClock } from './fake-clock.ts'
export type { FakeClockOptions } from './fake-clock.ts'
export { memoryPair } from './memory-pair.ts'
export type { MemoryPair, MemoryPairOptions } from './memory-pair.ts'
export { MemoryTransport } from './memory-transport.ts'
export type { MemoryTransportOptions } from './memory-transport-options.ts'
export { RecordingProtocol } from './recording-protocol.ts'
export type { Reactions } from './recording-protocol.ts'
export { seededRandom } from './seeded-random.ts'
export { Simulation } from './simulation.ts'
export type { SimulationOptions } from './simulation.ts'
export { SimulatedConnection } from './simulation-connection.ts'
export { HAPPENINGS } from './simulation-happenings.ts'
export type { Happening } from './simulation-happenings.ts'
export type { Violation } from './simulation-log.ts'
export type { SimulatedClient, SimulatedPair } from './simulation-pair.ts'
export { simulationText } from './simulation-report.ts'
export type { SimulationReport } from './simulation-report.ts'
export { randomSplits, splits } from './splits.ts'
export type { SplitOptions } from './splits.ts'
export { joinBytes, wireBytes, wireText } from './wire-text.ts'
