// How an instance is stopped, in three acts: the router makes no new connections to it, SIGTERM reaches its main process
// alone, and after ten seconds everything that is left is killed.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './launch.ts'
import { platform, shortened } from './platform.ts'
import { refuse } from './refusal.ts'
import type { Router } from './router.ts'

export interface StopOptions {
  /** Done right after SIGTERM: what is in flight goes on. */
  meanwhile?: () => Promise<unknown>
}

/** @returns how long it took from SIGTERM to the end, in seconds */
export async function stopInstance(instance: Instance, router?: Router, options: StopOptions = {}): Promise<number> {
  if (router) {
    router.closeTo(instance)
    await sleep(shortened.routerWindowMs)
  }
  const startedMs = performance.now()
  instance.terminate()
  const [exit] = await Promise.all([
    Promise.race([instance.exited, sleep(platform.stopMs, undefined, { ref: false })]),
    options.meanwhile?.(),
  ])
  router?.remove(instance)
  const seconds = (performance.now() - startedMs) / 1000
  if (!exit) refuseLate(instance)
  if (exit.code !== 0) refuseCode(instance, exit.signal ?? `exit code ${exit.code}`)
  demandNobodyLeft(instance)
  await Promise.race([Promise.all([instance.stdout.ended, instance.stderr.ended]), sleep(1000)])
  return seconds
}

function refuseLate({ name, stdout }: Instance): never {
  return refuse(`${name} still ran ${platform.stopMs / 1000} s after SIGTERM.\n  ${stdout.tail()}`, {
    fact: 'ten seconds after SIGTERM the container gets SIGKILL, and what was in flight is lost.',
    remedy: 'Listen to SIGTERM, finish what is in flight, and exit with 0; keep SHUTDOWN_SECONDS at 8.',
  })
}

function refuseCode({ name, stdout, stderr }: Instance, end: string): never {
  return refuse(`${name} ended by SIGTERM with ${end}.\n  ${stdout.tail()}\n  ${stderr.tail()}`, {
    fact: 'SIGTERM is how the platform stops an instance for a new version, a new size, or a new machine.',
    remedy: 'Listen to SIGTERM, finish what is in flight, and exit with 0.',
  })
}

function demandNobodyLeft(instance: Instance) {
  const left = instance.members()
  if (left.length === 0) return
  refuse(`${instance.name} ended, but ${left.length} of its processes did not.`, {
    fact: 'SIGTERM reaches the main process alone; when it has ended, the others are killed with the container.',
    remedy: 'Let the main process pass the signal on to those it started, and wait for them.',
  })
}
