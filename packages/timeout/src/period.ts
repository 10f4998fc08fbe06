/** @throws {RangeError} when `periodMs` is not a number of milliseconds that can pass */
export function checkPeriod(periodMs: number): number {
  if (!(periodMs >= 0 && periodMs < Infinity)) {
    throw new RangeError(`a period is a finite number of milliseconds, 0 or more: ${periodMs}`)
  }
  return periodMs
}
