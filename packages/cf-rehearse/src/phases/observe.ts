// Phase 3: the running application. Steps "journeys", "log" and "idle".

import type { Context } from '../context.ts'
import { checkLogs } from '../logs/check-logs.ts'
import { requireNoFailures } from '../platform/router.ts'
import { runJourneys } from '../traffic/journeys.ts'
import { during, type Running } from './start.ts'

export async function observe({ options, settings, reporter, step, optionalStep }: Context, running: Running) {
  const { router, launched, watches, idle, launching } = running
  const { journeys } = settings
  await optionalStep('journeys', async (note) => {
    const ran = await during(watches, runJourneys(journeys, { from: options.from, router, note }))
    if (!ran) reporter.leaveOut('the journeys: they need a script "e2e" in package.json, and node_modules')
    requireNoFailures(router)
  })
  await step('log', (note) => checkLogs(launched, { ended: false, format: launching.logs, note }))
  await optionalStep('idle', (note) => during(watches, idle.check(note)))
  reporter.leaveOut(
    'real time: probes run every second instead of every 30, and the router’s window before SIGTERM is 1 s instead of 5',
  )
}
