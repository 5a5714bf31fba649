// `npm test`: every tier in one run of Vitest, then what only a whole run can tell: how much of the code and of the
// contract was exercised. Arguments are Vitest's own, e.g. `npm test -- todos`.

import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCLI, startVitest } from 'vitest/node'
import { judgeCoverage } from './test/coverage.ts'
import { judgeExercised } from './test/exercised.ts'
import { countTests, type Tally } from './test/tally.ts'

const args = process.argv.slice(2)
using records = mkdtempDisposableSync(join(tmpdir(), 'exercised-'))
process.env.CONTRACT_RECORD_DIR = records.path

const { filter, options } = parseCLI(['vitest', 'run', ...args])
const vitest = await startVitest(filter, { ...options, coverage: { ...options.coverage, enabled: true } })
const tally = countTests(vitest.state.getTestModules(), vitest.state.getUnhandledErrors())

if (!process.exitCode) judge(excuseFor(tally))
console.log(`${tally.passed} passed, ${tally.failed} failed${tally.skipped ? `, ${tally.skipped} skipped` : ''}`)

/** Prints what was covered and what was exercised; too little of either fails the run, unless it has an excuse. */
function judge(excuse: string | undefined) {
  const verdicts = [judgeCoverage('coverage/coverage-summary.json'), judgeExercised('openapi.yaml', records.path)]
  for (const { text } of verdicts) console.log(text)

  if (verdicts.every(({ passed }) => passed)) return
  if (excuse) console.log(`This is not held against the run: ${excuse}.`)
  else process.exitCode = 1
}

/** On a laptop a backing service may be missing, and with it the tests that need it; CI has them all. */
function excuseFor({ skipped }: Tally): string | undefined {
  if (args.length > 0) return `it was narrowed by ${args.join(' ')}`
  if (skipped > 0 && !process.env.CI) return `it skipped ${skipped} of its tests`
  return undefined
}
