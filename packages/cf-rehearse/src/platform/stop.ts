// Stops an instance in three stages: the router opens no new connections to it, its main process gets SIGTERM, and
// after ten seconds all of its processes are killed.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../container/launch.ts'
import { throwFinding } from '../report/finding.ts'
import { platform, shortened } from './platform.ts'
import type { Router } from './router.ts'

export interface StopOptions {
  /** Runs right after SIGTERM, to finish requests in flight. */
  meanwhile?: () => Promise<unknown>
}

/** @returns the seconds from SIGTERM to the exit */
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
  if (!exit) throwLate(instance)
  if (exit.code !== 0) throwCode(instance, exit.signal ?? `exit code ${exit.code}`)
  requireNoProcessLeft(instance)
  await Promise.race([Promise.all([instance.stdout.ended, instance.stderr.ended]), sleep(1000)])
  return seconds
}

function throwLate({ name, stdout }: Instance): never {
  return throwFinding(`${name} still ran ${platform.stopMs / 1000} s after SIGTERM.\n  ${stdout.tail()}`, {
    fact: 'ten seconds after SIGTERM the container gets SIGKILL, and requests in flight are lost.',
    remedy: 'Handle SIGTERM: finish the requests in flight, and exit with code 0 within 8 s.',
  })
}

function throwCode({ name, stdout, stderr }: Instance, end: string): never {
  return throwFinding(`${name} ended by SIGTERM with ${end}.\n  ${stdout.tail()}\n  ${stderr.tail()}`, {
    fact: 'the platform sends SIGTERM to stop an instance for a new version, a new size or another machine.',
    remedy: 'Handle SIGTERM: finish the requests in flight, and exit with code 0.',
  })
}

function requireNoProcessLeft(instance: Instance) {
  const left = instance.members()
  if (left.length === 0) return
  throwFinding(`${instance.name} ended, but ${left.length} of its processes did not.`, {
    fact: 'only the main process receives SIGTERM; when it has ended, the others are killed with the container.',
    remedy: 'Forward the signal from the main process to its child processes, and wait for them.',
  })
}
