// Step "rolling": a second push. The new instance has to be healthy before the old one is stopped, while clients send
// requests. Processes of other types are then replaced all at once.

import { type Instance, type LaunchContext, launch } from '../container/launch.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'
import { beginUpload, startTraffic } from '../traffic/traffic.ts'
import { becomeHealthy, watchHealth } from './health.ts'
import type { Router } from './router.ts'
import { stopInstance } from './stop.ts'

/** @returns the new instance */
export async function rollOver(old: Instance, router: Router, context: LaunchContext, note: Note): Promise<Instance> {
  const traffic = startTraffic(router.url, context.plan.traffic)
  const { successor, lost, seconds } = await replace(old, router, context).finally(traffic.stop)
  const { requests, failures } = await traffic.stop()
  const failed = [...lost, ...failures]
  if (failed.length > 0) {
    throwFinding(`While an instance was replaced, ${failed.length} of ${requests} requests failed: ${failed[0]}.`, {
      fact: 'a rolling push starts the new instance before it stops the old one, so that no request has to fail.',
      remedy:
        'After SIGTERM, keep responding for a second with "Connection: close". Then finish the requests in flight.',
    })
  }
  note(`none of ${requests} requests failed; the old instance ended ${seconds.toFixed(1)} s after SIGTERM`)
  return successor
}

async function replace(old: Instance, router: Router, context: LaunchContext) {
  using watch = watchHealth(old)
  const successor = await launchSuccessor(old, context)
  await watch.during(becomeHealthy(successor, []))
  const { post } = context.plan.traffic
  const upload = post && (await beginUpload(router, post)) // Before the successor can receive it.
  router.add(successor)
  watch[Symbol.dispose]()

  const lost: string[] = []
  const meanwhile = async () => {
    const failure = upload && (await upload.finish())
    if (failure) lost.push(`POST ${post}, in flight at SIGTERM: ${failure}`)
  }
  return { successor, lost, seconds: await stopInstance(old, router, { meanwhile }) }
}

export async function replaceAll(olds: Instance[], context: LaunchContext): Promise<Instance[]> {
  await Promise.all(olds.map((old) => stopInstance(old)))
  const successors = await Promise.all(olds.map((old) => launchSuccessor(old, context)))
  await Promise.all(successors.map((instance) => becomeHealthy(instance, [])))
  return successors
}

async function launchSuccessor(old: Instance, context: LaunchContext): Promise<Instance> {
  return context.track(await launch(old.plan, context, { index: old.index }))
}
