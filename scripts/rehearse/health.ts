// Steps "start" and what goes on beside all later ones: Diego's view of an instance. Until it was healthy once it is
// asked every 2 s; from then on the first failure ends it.

import { setTimeout as sleep } from 'node:timers/promises'
import { explainExit } from './exit-story.ts'
import type { Exit, Instance } from './launch.ts'
import { listenersOf } from './listeners.ts'
import { platform, shortened } from './platform.ts'
import { type Check, probe, readCheck } from './probe.ts'
import { refuse } from './refusal.ts'

/** Settles when it was healthy and ready for the first time. */
export async function becomeHealthy(instance: Instance, developmentPackages: string[]): Promise<number> {
  const startedMs = performance.now()
  const seconds = Number(instance.plan.attributes.timeout ?? platform.startTimeoutSeconds)
  const ended = instance.exited.then((exit) => explainExit(instance, exit, developmentPackages))
  ended.catch(() => {})
  for (const kind of ['', 'readiness-'] as const) {
    const check = readCheck(instance, kind)
    if (kind === '' && check.type === 'process') await Promise.race([ended, settle(instance)])
    await Promise.race([ended, waitFor(instance, check, startedMs + seconds * 1000)])
  }
  if (!instance.running()) await ended // Which takes a moment longer, to read what it printed.
  return (performance.now() - startedMs) / 1000
}

/**
 * A process that nobody asks anything counts as healthy as soon as it runs. Until it has come to its own program, though,
 * it is the shell that leads there, which SIGTERM would end.
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
    const askedMs = performance.now()
    const leftSeconds = Math.max(platform.probeSeconds, Math.round((deadlineMs - askedMs) / 1000))
    const wrong = await probe(instance, { ...check, timeoutSeconds: Math.min(check.timeoutSeconds, leftSeconds) })
    if (!wrong || !instance.running()) return
    const nextMs = askedMs + platform.startProbeMs
    await sleep(Math.max(0, Math.min(nextMs, deadlineMs) - performance.now()))
    if (nextMs > deadlineMs) return explainSilence(instance, check, wrong)
  }
}

function explainSilence(instance: Instance, check: Check, wrong: string): never {
  const listeners = listenersOf(instance.members())
  const seconds = Number(instance.plan.attributes.timeout ?? platform.startTimeoutSeconds)
  const found = listeners.map(({ address, port }) => `${address === 'all' ? 'all addresses' : address}, port ${port}`)
  const message = `${instance.name} was not healthy within ${seconds} s at ${instance.address}:${instance.port}: ${wrong}.`

  if (!/answered|no (whole )?answer/.test(wrong) && listeners.length > 0) {
    const atPort = listeners.filter(({ port }) => port === instance.port)
    if (atPort.length === 0) {
      refuse(`${message} It listens on ${found.join(' and ')}.`, {
        fact: `routes and probes lead to the port that PORT names, which is ${instance.port} here.`,
        remedy: 'Listen on the port in PORT, and on no fixed one.',
      })
    }
    refuse(`${message} It listens on ${found.join(' and ')} alone.`, {
      fact: 'probes and requests come to the address of the container, not to its loopback.',
      remedy: 'Listen on all addresses: without a host, or with 0.0.0.0 or ::.',
    })
  }
  return refuse(`${message}${instance.stdout.tail() && `\n  ${instance.stdout.tail()}`}`, {
    fact:
      'an instance has "timeout" seconds to answer ' +
      `${check.type === 'http' ? `${check.path} with 200` : 'at its port'}; then it is stopped and counts as ` +
      'crashed.',
    remedy: wrong.includes('answered')
      ? 'Let the health endpoint of the manifest be one that answers 200.'
      : `Start faster, or allow more time in the manifest: "timeout", up to ${platform.maxStartTimeoutSeconds}.`,
  })
}

export interface Watch extends Disposable {
  /** Runs a part of the rehearsal, and throws where an instance fails meanwhile. */
  during<Result>(part: Promise<Result>): Promise<Result>
  probes(): number
}

/** Probes an instance until it is disposed of, which has to come before SIGTERM. */
export function watchHealth(instance: Instance): Watch {
  const stopped = new AbortController()
  let count = 0
  const failed = new Promise<never>((_, reject) => {
    const fail = (error: unknown) => stopped.signal.aborted || reject(error)
    instance.exited.then((exit: Exit) => stopped.signal.aborted || explainExit(instance, exit, [])).catch(fail)
    for (const kind of ['', 'readiness-'] as const) keepAsking(kind).catch(fail)
  })
  failed.catch(() => {})

  return {
    during: (part) => Promise.race([failed, part]),
    probes: () => count,
    [Symbol.dispose]: () => stopped.abort(),
  }

  async function keepAsking(kind: '' | 'readiness-') {
    const check = readCheck(instance, kind)
    while (!stopped.signal.aborted) {
      const wrong = await probe(instance, check)
      count += 1
      // One that has just ended is told of by the end itself, which may be heard of a moment later.
      if (wrong) await Promise.race([instance.exited, sleep(200)])
      if (wrong && !stopped.signal.aborted && instance.running()) refuseHealth(instance, kind, wrong)
      await sleep(shortened.probeMs, undefined, { ref: false })
    }
  }
}

function refuseHealth({ name }: Instance, kind: '' | 'readiness-', wrong: string): never {
  return refuse(`${name} failed a ${kind === '' ? 'liveness' : 'readiness'} probe: ${wrong}.`, {
    fact:
      kind === ''
        ? 'the first failed or slow liveness probe ends the instance; there is no threshold.'
        : 'an instance that is not ready is taken out of the routes.',
    remedy: 'Answer health checks at once and without asking a backing service for liveness; allow more than 1 s.',
  })
}
