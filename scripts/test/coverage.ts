// The share of src/ that the tests ran, from the summary that Vitest writes.

import { readFileSync } from 'node:fs'

/** The minimum, in percent of the lines. The rest are defences that no test can provoke with reasonable effort. */
const leastPercent = 95

export function judgeCoverage(summaryPath: string) {
  const { lines } = JSON.parse(readFileSync(summaryPath, 'utf8')).total
  return {
    passed: lines.pct >= leastPercent,
    text: `Covered ${lines.pct} % of the lines of src; at least ${leastPercent} % are required.`,
  }
}
