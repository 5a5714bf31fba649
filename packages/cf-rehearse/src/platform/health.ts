// Health checks as Diego runs them: every 2 s until the instance is healthy for the first time; after that, the first
// failure ends the instance.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit, Instance } from '../container/launch.ts'
import { listenersOf } from '../container/listeners.ts'
import { throwFinding } from '../report/finding.ts'
import { throwExit } from './exits.ts'
import { platform, shortened } from './platform.ts'
import { type Check, probe, readCheck } from './probe.ts'

/** Settles when the instance is healthy and ready for the first time. */
export async function becomeHealthy(instance: Instance, developmentPackages: string[]): Promise<number> {
  const startedMs = performance.now()
  const seconds = Number(instance.plan.attributes.timeout ?? platform.startTimeoutSeconds)
  const ended = instance.exited.then((exit) => throwExit(instance, exit, developmentPackages))
  ended.catch(() => {})
  for (const kind of ['', 'readiness-'] as const) {
    const check = readCheck(instance, kind)
    if (kind === '' && check.type === 'process') await Promise.race([ended, settle(instance)])
    await Promise.race([ended, waitFor(instance, check, startedMs + seconds * 1000)])
  }
  if (!instance.running()) await ended // This takes a moment longer, because it reads the output first.
  return (performance.now() - startedMs) / 1000
}

/**
 * A process without health checks counts as healthy as soon as it runs. At first, however, it is still the shell that
 * starts the program, which SIGTERM would end.
 */
async function settle({ stdout, stderr }: Instance) {
  const { least, most } = shortened.settleMs
  const startedMs = performance.now()
  const isSilent = () => stdout.lines() + stderr.lines() === 0
  await sleep(least)
  while (isSilent() && performance.now() - startedMs < most) await sleep(50)
}

async function waitFor(instance: Instance, check: Check, deadlineMs: number) {
  for (;;) {
    const probedMs = performance.now()
    const leftSeconds = Math.max(platform.probeSeconds, Math.round((deadlineMs - probedMs) / 1000))
    const failure = await probe(instance, { ...check, timeoutSeconds: Math.min(check.timeoutSeconds, leftSeconds) })
    if (!failure || !instance.running()) return
    const nextMs = probedMs + platform.startProbeMs
    await sleep(Math.max(0, Math.min(nextMs, deadlineMs) - performance.now()))
    if (nextMs > deadlineMs) return throwUnhealthy(instance, check, failure)
  }
}

function throwUnhealthy(instance: Instance, check: Check, failure: string): never {
  const listeners = listenersOf(instance.members())
  const seconds = Number(instance.plan.attributes.timeout ?? platform.startTimeoutSeconds)
  const found = listeners.map(({ address, port }) => `${address === 'all' ? 'all addresses' : address}, port ${port}`)
  const message = `${instance.name} was not healthy within ${seconds} s at ${instance.address}:${instance.port}: ${failure}.`

  if (!/responded|no (complete )?response/.test(failure) && listeners.length > 0) {
    const atPort = listeners.filter(({ port }) => port === instance.port)
    if (atPort.length === 0) {
      throwFinding(`${message} It listens on ${found.join(' and ')}.`, {
        fact: `the router and health checks connect to the port in PORT, which is ${instance.port} here.`,
        remedy: 'Listen on the port in PORT instead of a fixed port.',
      })
    }
    throwFinding(`${message} It listens only on ${found.join(' and ')}.`, {
      fact: 'health checks and requests connect to the address of the container, not to its loopback.',
      remedy: 'Listen on all addresses: without a host, or with 0.0.0.0 or ::.',
    })
  }
  return throwFinding(`${message}${instance.stdout.tail() && `\n  ${instance.stdout.tail()}`}`, {
    fact:
      'an instance has "timeout" seconds to ' +
      `${check.type === 'http' ? `respond to ${check.path} with status 200` : 'accept connections on its port'}; after ` +
      'that it is stopped and counts as crashed.',
    remedy: failure.includes('responded')
      ? 'Set the health endpoint of the manifest to a path that responds with status 200.'
      : `Start faster, or allow more time in the manifest: "timeout", up to ${platform.maxStartTimeoutSeconds}.`,
  })
}

export interface Watch extends Disposable {
  /** Runs a part of the rehearsal. Throws as soon as the instance fails. */
  during<Result>(part: Promise<Result>): Promise<Result>
}

/** Probes an instance until the watch is disposed of, which has to happen before SIGTERM. */
export function watchHealth(instance: Instance): Watch {
  const stopped = new AbortController()
  const failed = new Promise<never>((_, reject) => {
    const fail = (error: unknown) => stopped.signal.aborted || reject(error)
    instance.exited.then((exit: Exit) => stopped.signal.aborted || throwExit(instance, exit, [])).catch(fail)
    for (const kind of ['', 'readiness-'] as const) keepProbing(kind).catch(fail)
  })
  failed.catch(() => {})

  return {
    during: (part) => Promise.race([failed, part]),
    [Symbol.dispose]: () => stopped.abort(),
  }

  async function keepProbing(kind: '' | 'readiness-') {
    const check = readCheck(instance, kind)
    while (!stopped.signal.aborted) {
      const failure = await probe(instance, check)
      // If the instance has just ended, its exit is the better explanation, and may be observed a moment later.
      if (failure) await Promise.race([instance.exited, sleep(200)])
      if (failure && !stopped.signal.aborted && instance.running()) throwFailedProbe(instance, kind, failure)
      await sleep(shortened.probeMs, undefined, { ref: false })
    }
  }
}

function throwFailedProbe({ name }: Instance, kind: '' | 'readiness-', failure: string): never {
  return throwFinding(`${name} failed a ${kind === '' ? 'liveness' : 'readiness'} probe: ${failure}.`, {
    fact:
      kind === ''
        ? 'the first liveness probe that fails or is too slow ends the instance; there is no threshold.'
        : 'the router sends no requests to an instance that is not ready.',
    remedy: 'Respond to liveness probes at once, without calling backing services, and allow more than 1 s.',
  })
}
