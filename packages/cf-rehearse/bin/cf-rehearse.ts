#!/usr/bin/env node
// Rehearses "cf push" for the Node application in the current folder, step by step, without Cloud Foundry or Docker.

import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { checkOptions } from '../src/cli/option-checks.ts'
import { readOptions, usage } from '../src/cli/options.ts'
import { readSettings } from '../src/cli/settings.ts'
import { UNTIL_REACHED } from '../src/context.ts'
import { rehearse } from '../src/rehearsal.ts'
import { createReporter, renderVerdict } from '../src/report/reporter.ts'

const { options, settings } = readCommand(process.argv.slice(2))
const reporter = createReporter((line) => interrupted || console.log(line))
const resources = new AsyncDisposableStack()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

try {
  await rehearse({ options, settings, reporter, resources })
} catch (error) {
  if (error !== UNTIL_REACHED) reporter.fail(error as Error)
}
if (!interrupted) {
  await resources.disposeAsync().catch(reporter.fail)
  conclude()
}

function conclude(): never {
  const report = reporter.report()
  console.log(`\n${renderVerdict(report)}`)
  if (options.report) writeFileSync(options.report, `${JSON.stringify(report, undefined, 2)}\n`)
  // Ends work that no longer matters, such as the journeys of an instance that has failed.
  process.exit(report.ok ? 0 : 1)
}

function readCommand(args: string[]) {
  try {
    const options = readOptions(args)
    if (!options.help) {
      checkOptions(options)
      return { options, settings: readSettings(options.from) }
    }
    console.log(usage)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exitCode = 2
  }
  process.exit()
}

/**
 * Removes every process, network and folder of the rehearsal. Errors of interrupted steps are ignored, and so are
 * further signals: npm forwards a Ctrl-C that the terminal has already delivered.
 */
async function interrupt(signal: NodeJS.Signals) {
  if (interrupted) return
  interrupted = true
  await resources.disposeAsync().catch(() => {})
  process.exit(128 + constants.signals[signal])
}
