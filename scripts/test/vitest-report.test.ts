import { describe, expect, it } from 'vitest'
import { countTests } from '../vitest-report.mjs'

describe('countTests', () => {
  const suite = (status: string, ...statuses: string[]) => ({
    status,
    assertionResults: statuses.map((each) => ({ status: each })),
  })

  it('takes the sums of the report', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [suite('failed', 'passed', 'failed')],
    }
    expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 })
  })

  it('counts a file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 0,
      testResults: [suite('failed'), suite('passed', 'passed')],
    }
    expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 })
  })

  it('counts an error outside of every test as a failure', () => {
    const report = { numPassedTests: 3, numFailedTests: 0, testResults: [suite('passed', 'passed')] }
    expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1 })
  })

  it('counts a run without tests as a failure', () => {
    expect(countTests({ numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0)).toEqual({
      passed: 0,
      failed: 1,
    })
  })
})
