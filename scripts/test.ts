// `npm test`: all tests in one run of Vitest, then what only a whole run can show: how much of the code and of the
// contract the tests have exercised.

import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript } from './command-line.ts'
import { judgeCoverage } from './test/coverage.ts'
import { judgeExercised } from './test/exercised.ts'
import { countTests, type Tally } from './test/tally.ts'

const commandLine = {
  command: 'npm test',
  usage: '-- [filter]',
  summary: 'Runs all tests, and fails where they exercise too little of the code, or not all of the contract.',
  passesArgumentsTo: 'vitest run',
  examples: ['npm test', 'npm test -- tests/version.test.ts', 'npm test -- --project unit'],
}

await runScript(commandLine, async ({ positionals: args }) => {
  const { parseCLI, startVitest } = await import('vitest/node')
  using records = mkdtempDisposableSync(join(tmpdir(), 'exercised-'))
  process.env.CONTRACT_RECORD_DIR = records.path

  const { filter, options } = parseCLI(['vitest', 'run', ...args])
  const vitest = await startVitest(filter, { ...options, coverage: { ...options.coverage, enabled: true } })
  const tally = countTests(vitest.state.getTestModules(), vitest.state.getUnhandledErrors())

  if (!process.exitCode) judge(records.path, excuseFor(tally, args))
  console.log(`${tally.passed} passed, ${tally.failed} failed${tally.skipped ? `, ${tally.skipped} skipped` : ''}`)
})

/** Prints how much was exercised. Too little fails the run, unless it has an excuse. */
function judge(recordDir: string, excuse: string | undefined) {
  const verdicts = [judgeCoverage('coverage/coverage-summary.json'), judgeExercised('openapi.yaml', recordDir)]
  for (const { text } of verdicts) console.log(text)

  if (verdicts.every(({ passed }) => passed)) return
  if (excuse) console.log(`The run passes all the same: ${excuse}.`)
  else process.exitCode = 1
}

/** On a laptop a backing service may be missing, and with it the tests that need it; CI has all of them. */
function excuseFor({ skipped }: Tally, args: string[]): string | undefined {
  if (args.length > 0) return `it was limited to ${args.join(' ')}`
  if (skipped > 0 && !process.env.CI) return `it skipped ${skipped} of its tests`
  return undefined
}
