// `npm run rehearse`: what `cf push` would do with this project, done on this machine, step by step, without Cloud
// Foundry and without Docker. Green predicts a green push; red says why, and what the platform has to do with it.
// docs/rehearsal.md tells how near it comes.

import { writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { checkOptions } from './rehearse/option-checks.ts'
import { readOptions, usage } from './rehearse/options.ts'
import { ENOUGH, rehearse } from './rehearse/rehearsal.ts'
import { createStory, renderVerdict } from './rehearse/story.ts'

const options = read(process.argv.slice(2))
const story = createStory((line) => interrupted || console.log(line))
const open = new AsyncDisposableStack()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

try {
  await rehearse(options, story, open)
} catch (error) {
  if (error !== ENOUGH) story.fail(error as Error)
}
if (!interrupted) {
  await open.disposeAsync().catch(story.fail)
  conclude()
}

function conclude(): never {
  const report = story.report()
  console.log(`\n${renderVerdict(report)}`)
  if (options.report) writeFileSync(options.report, `${JSON.stringify(report, undefined, 2)}\n`)
  // What is still under way, such as the journeys of an instance that failed, is of no use any more.
  process.exit(report.ok ? 0 : 1)
}

function read(args: string[]) {
  try {
    const options = readOptions(args, join(import.meta.dirname, '..'))
    if (!options.help) {
      checkOptions(options)
      return options
    }
    console.log(usage)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exitCode = 2
  }
  process.exit()
}

/**
 * Leaves nothing behind: no process, no network, no folder. What the rehearsal meets meanwhile is of no interest, and
 * neither are further signals: npm hands on a Ctrl-C that came from the terminal already.
 */
async function interrupt(signal: NodeJS.Signals) {
  if (interrupted) return
  interrupted = true
  await open.disposeAsync().catch(() => {})
  process.exit(128 + constants.signals[signal])
}
