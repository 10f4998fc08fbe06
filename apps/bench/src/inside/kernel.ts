/** Work that is measured within a process, with nothing around it. */
export interface Kernel {
  /** Octets that one time goes through. */
  readonly octets: number
  /** What one time must come to: a wrong sum is a wrong result. */
  readonly expected: number
  /** Does the work `times` times, and returns the sum of what it came to, so that none of it can be left out. */
  run(times: number): number | Promise<number>
}

/** What a measured kernel took. */
export interface KernelTime {
  /** CPU time of one time, in user space and in the kernel. */
  readonly nanoseconds: number
  readonly octets: number
}

/** One batch is this long: far above the clock's resolution, and often enough in a second. */
const BATCH_SECONDS = 0.02

/**
 * Checks a kernel, warms it up and measures it.
 *
 * CPU time, not time of day: another process on this core takes none of it. The middle of many batches is told.
 *
 * @param seconds - how long to measure; a third of it goes into warming up first
 * @throws {Error} when the kernel comes to something else than it should
 */
export async function measureKernel(kernel: Kernel, seconds: number): Promise<KernelTime> {
  await check(kernel, 1)
  await check(kernel, 3)
  const times = await warmUp(kernel, seconds / 3)
  const found: number[] = []
  for (let spent = 0; spent < seconds;) {
    const { sum, nanoseconds } = await timed(kernel, times)
    if (sum !== kernel.expected * times) throw new Error(`a wrong result: ${sum} for ${times} times`)
    found.push(nanoseconds / times)
    spent += nanoseconds / 1e9
  }
  found.sort((a, b) => a - b)
  return { nanoseconds: found[found.length >> 1] as number, octets: kernel.octets }
}

async function check(kernel: Kernel, times: number): Promise<void> {
  const sum = await kernel.run(times)
  if (sum !== kernel.expected * times) {
    throw new Error(`a wrong result: ${sum} instead of ${kernel.expected * times}`)
  }
}

/** Runs for `seconds` at least. Returns how many times fill a batch. */
async function warmUp(kernel: Kernel, seconds: number): Promise<number> {
  let times = 1
  for (let spent = 0; ;) {
    const { nanoseconds } = await timed(kernel, times)
    spent += nanoseconds / 1e9
    const batch = nanoseconds / 1e9
    if (spent >= seconds && batch >= BATCH_SECONDS / 2) return times
    if (batch < BATCH_SECONDS / 2) times *= 2
  }
}

async function timed(kernel: Kernel, times: number): Promise<{ sum: number; nanoseconds: number }> {
  const before = process.cpuUsage()
  const result = kernel.run(times)
  const sum = typeof result === 'number' ? result : await result
  const { user, system } = process.cpuUsage(before)
  return { sum, nanoseconds: (user + system) * 1_000 }
}
