// One run of Vitest, followed by what only a whole run can show: how much of the code and of the contract was
// exercised.

import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCLI, startVitest } from 'vitest/node'
import { judgeCoverage } from './coverage.ts'
import { judgeExercised } from './exercised.ts'
import { countTests, describeTally, type Tally } from './tally.ts'

export type Suite = 'quick' | 'long' | 'all'

/** The projects of vitest.config.ts. */
const projects: Record<Suite, string[]> = { quick: ['!long'], long: ['long'], all: ['*'] }

/** Sets the exit code of the process. @param args Vitest's own */
export async function runTests(suite: Suite, args: string[]): Promise<void> {
  using records = mkdtempDisposableSync(join(tmpdir(), 'exercised-'))
  process.env.CONTRACT_RECORD_DIR = records.path
  // Outages and rehearsals need not exercise everything: the quick tests already have to.
  const isJudged = suite !== 'long'

  const { filter, options } = parseCLI(['vitest', 'run', ...args])
  const coverage = { ...options.coverage, enabled: isJudged }
  const vitest = await startVitest(filter, { project: projects[suite], ...options, coverage })
  const tally = countTests(vitest.state.getTestModules(), vitest.state.getUnhandledErrors())

  if (isJudged && !process.exitCode) judge(records.path, excuseFor(tally, args))
  if (process.env.CI && tally.skipped > 0 && args.length === 0) {
    console.log('In CI every test has to run, unless it is not applicable.')
    process.exitCode = 1
  }
  console.log(describeTally(tally))
}

/** Prints how much was exercised. Too little fails the run, unless it has an excuse. */
function judge(recordDir: string, excuse: string | undefined) {
  const verdicts = [judgeCoverage('coverage/coverage-summary.json'), judgeExercised('openapi.yaml', recordDir)]
  for (const { text } of verdicts) console.log(text)

  if (verdicts.every(({ passed }) => passed)) return
  if (excuse) console.log(`The run passes all the same: ${excuse}.`)
  else process.exitCode = 1
}

/** On a laptop a program may be missing, and the tests that need it are skipped; CI has all of them. */
function excuseFor({ skipped }: Tally, args: string[]): string | undefined {
  if (args.length > 0) return `it was limited to ${args.join(' ')}`
  if (skipped > 0 && !process.env.CI) return `it skipped ${skipped} of its tests`
  return undefined
}
