/**
 * Counts the tests in what vitest's JSON reporter wrote.
 *
 * @typedef {{ numPassedTests: number, numFailedTests: number, testResults: readonly SuiteResult[] }} VitestReport
 * @typedef {{ status: string, assertionResults: readonly { status: string }[] }} SuiteResult
 *
 * @param {VitestReport} report
 * @param {number} exitCode - vitest's own
 * @returns {{ passed: number, failed: number }}
 */
export function countTests({ numPassedTests, numFailedTests, testResults }, exitCode) {
  // A file that could not be loaded, or whose hooks threw, has failed without a failed test to show for it.
  const brokenSuites = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
  ).length
  const failed = numFailedTests + brokenSuites
  // Unhandled errors, and a run without tests, show in the exit code alone.
  const unexplained = failed === 0 && (exitCode !== 0 || numPassedTests === 0)
  return { passed: numPassedTests, failed: unexplained ? 1 : failed }
}
