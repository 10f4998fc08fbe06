import { onTestFinished } from 'vitest'

/** Lets whatever is due in the event loop happen once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Lets the event loop run until the condition holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  let finished = false
  onTestFinished(() => void (finished = true))
  while (!condition()) {
    if (finished) throw new Error(`never happened: ${condition.toString()}`)
    await turn()
  }
}
