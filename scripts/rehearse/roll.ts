// Step "rolling": a second push. A new instance has to be healthy before the old one is stopped, while requests go on
// all the time; processes of other types are replaced all at once afterwards.

import { becomeHealthy, watchHealth } from './health.ts'
import { type Instance, type LaunchParts, launch } from './launch.ts'
import { refuse } from './refusal.ts'
import type { Router } from './router.ts'
import { stopInstance } from './stop.ts'
import { beginUpload, startTraffic } from './traffic.ts'

export interface RollParts extends LaunchParts {
  /** Sees to it that the instance is gone at the end of the rehearsal. */
  keep(instance: Instance): Instance
}

/** @returns the new instance */
export async function rollOver(
  old: Instance,
  router: Router,
  parts: RollParts,
  tell: (found: string) => void,
): Promise<Instance> {
  const traffic = startTraffic(router.url, parts.plan.traffic)
  const exchanged = await exchange(old, router, parts).finally(traffic.stop)
  const { requests, failures } = await traffic.stop()
  const lost = [...exchanged.lost, ...failures]
  if (lost.length > 0) {
    refuse(`While instances were exchanged, ${lost.length} of ${requests} requests failed: ${lost[0]}.`, {
      fact:
        'a rolling push starts the new instance before it stops the old one; between the two nothing has to be ' +
        'lost.',
      remedy:
        'After SIGTERM go on answering for DRAIN_SECONDS with "Connection: close", and then finish what is in flight.',
    })
  }
  tell(
    `${requests} requests while one instance replaced another, none lost; the old one ended ${exchanged.seconds.toFixed(1)} s after SIGTERM`,
  )
  return exchanged.successor
}

async function exchange(old: Instance, router: Router, parts: RollParts) {
  using watch = watchHealth(old)
  const successor = parts.keep(await launch(old.plan, parts, { index: old.index }))
  await watch.during(becomeHealthy(successor, []))
  const { post } = parts.plan.traffic
  const upload = post && (await beginUpload(router, post)) // As long as every request leads to the old one.
  router.add(successor)
  watch[Symbol.dispose]()

  const lost: string[] = []
  const meanwhile = async () => {
    const wrong = upload && (await upload.finish())
    if (wrong) lost.push(`POST ${post}, in flight at SIGTERM: ${wrong}`)
  }
  return { successor, lost, seconds: await stopInstance(old, router, { meanwhile }) }
}

export async function replaceAll(olds: Instance[], parts: RollParts): Promise<Instance[]> {
  await Promise.all(olds.map((old) => stopInstance(old)))
  const successors = await Promise.all(
    olds.map(async (old) => parts.keep(await launch(old.plan, parts, { index: old.index }))),
  )
  await Promise.all(successors.map((instance) => becomeHealthy(instance, [])))
  return successors
}
