// How much of src/ the tests ran, from the summary that Vitest writes. The table with the missing lines is Vitest's
// own.

import { readFileSync } from 'node:fs'

/** The least share of lines, in percent. What is left are defences that no test can provoke in a reasonable way. */
const leastPercent = 95

export function judgeCoverage(summaryPath: string) {
  const { lines } = JSON.parse(readFileSync(summaryPath, 'utf8')).total
  return {
    passed: lines.pct >= leastPercent,
    text: `Covered ${lines.pct} % of the lines of src; at least ${leastPercent} % are wanted.`,
  }
}
