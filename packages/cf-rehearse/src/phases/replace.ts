// Phase 4: a second push, and the end. Steps "rolling", "stop" and "last lines".

import { requireHeadroom } from '../container/headroom.ts'
import type { Instance } from '../container/launch.ts'
import type { Context } from '../context.ts'
import { checkLogs } from '../logs/check-logs.ts'
import { replaceAll, rollOver } from '../platform/roll.ts'
import { requireNoFailures } from '../platform/router.ts'
import { stopInstance } from '../platform/stop.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'
import { beginUpload, startTraffic } from '../traffic/traffic.ts'
import type { Running } from './start.ts'

export async function replaceAndStop({ reporter, step, optionalStep }: Context, running: Running) {
  const { launching, router, launched, watches } = running
  const { traffic } = launching.plan
  for (const watch of watches) watch[Symbol.dispose]()
  let { web, others } = running
  await optionalStep('rolling', async (note) => {
    web = await rollOver(web, router, launching, note)
    others = await replaceAll(others, launching)
    requireNoFailures(router)
  })
  if (!traffic.post) reporter.leaveOut('an upload in flight while the instance stops: no path for a POST is known')
  await step('stop', (note) => stopAll(web, others, note))
  await step('last lines', (note) => checkLogs(launched, { ended: true, format: launching.logs, note }))

  async function stopAll(web: Instance, others: Instance[], note: Note) {
    const clients = startTraffic(router.url, traffic, { allowNoInstance: true })
    const upload = traffic.post ? await beginUpload(router, traffic.post) : undefined
    const uploads: (string | undefined)[] = []
    const meanwhile = async () => uploads.push(await upload?.finish())
    const [seconds] = await Promise.all([
      stopInstance(web, router, { meanwhile }).finally(clients.stop),
      ...others.map((other) => stopInstance(other)),
    ])
    const { requests, failures } = await clients.stop()
    requireAnswered([...failures, ...uploads.filter((failure) => failure !== undefined)])
    requireNoFailures(router)
    const peak = web.peakMb()
    if (peak) requireHeadroom(peak, web.plan.memoryMb)
    const memory = peak ? `; at most ${peak} of ${web.plan.memoryMb} MB of memory` : ''
    note(`exit code 0 after ${seconds.toFixed(1)} s of 10, no process left, ${requests} requests meanwhile${memory}`)
  }
}

function requireAnswered(failures: string[]) {
  if (failures.length === 0) return
  throwFinding(`Requests in flight at SIGTERM failed: ${failures.slice(0, 3).join('; ')}.`, {
    fact: 'an instance has ten seconds between SIGTERM and SIGKILL to answer the requests that are in flight.',
    remedy: 'After SIGTERM, close the listener and finish the requests that have begun.',
  })
}
