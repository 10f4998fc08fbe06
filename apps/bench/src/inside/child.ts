import { measureKernel } from './kernel.ts'
import { makeKernel } from './subjects.ts'

// Measures one kernel in this fresh process, where nothing else has run: what the compiler learned from one contestant
// must not slow down the next.

const [subject, contestant, seconds] = process.argv.slice(2) as [string, string, string]
const kernel = await makeKernel(subject, contestant)
process.stdout.write(`${JSON.stringify(await measureKernel(kernel, Number(seconds)))}\n`)
