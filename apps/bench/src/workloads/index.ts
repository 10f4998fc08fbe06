import type { Workload } from '../workload.ts'
import { growthWorkloads } from './growth.ts'
import { idleWorkloads } from './idle.ts'
import { inProcessWorkloads } from './in-process.ts'
import { requestWorkloads } from './requests.ts'
import { sizeWorkloads } from './size.ts'
import { startupWorkloads } from './startup.ts'
import { transferWorkloads } from './transfers.ts'

/** Everything that is measured, in the order of the tables. */
export const WORKLOADS: readonly Workload[] = [
  ...requestWorkloads,
  ...transferWorkloads,
  ...inProcessWorkloads,
  ...growthWorkloads,
  ...idleWorkloads,
  ...startupWorkloads,
  ...sizeWorkloads,
]
