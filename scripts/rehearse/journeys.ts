// Step "journeys": the journeys of the service tests, through the router, as against a deployment.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { endOf, runCommand } from './command.ts'
import { refuse } from './refusal.ts'
import type { Router } from './router.ts'

interface Smoke {
  ok: boolean
  passed: number
  failures: { journey: string; error?: string }[]
}

export interface JourneyOptions {
  tell: (found: string) => void
  limitMs?: number
}

/** @returns false where there is nothing to run */
export async function makeJourneys(
  from: string,
  router: Pick<Router, 'url'>,
  { tell, limitMs = 180_000 }: JourneyOptions,
): Promise<boolean> {
  if (!existsSync(join(from, 'scripts/e2e.ts')) || !existsSync(join(from, 'node_modules'))) return false
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const env = { PATH, HOME, ...(TMPDIR && { TMPDIR }), BASE_URL: router.url }
  const args = ['--disable-warning=ExperimentalWarning', 'scripts/e2e.ts', '--smoke']
  const { output, late } = await runCommand(process.execPath, args, { cwd: from, env, timeoutMs: limitMs })
  if (late) refuseHanging(limitMs)

  const line = output.split('\n').findLast((each) => each.startsWith('{"ok"'))
  if (!line) throw new Error(`The journeys could not be run:\n  ${endOf(output)}`)
  const { ok, passed, failures } = JSON.parse(line) as Smoke
  if (!ok) {
    const stories = failures.map(({ journey, error }) => `${journey}: ${error}`)
    refuse(`Journeys failed:\n  ${stories.join('\n  ') || endOf(output)}`, {
      fact: 'this is how the service answers behind the router, with what it is given on the platform and no more.',
      remedy: 'Run them here: "npm run e2e". What differs is the environment, the user and the address.',
    })
  }
  tell(`${passed} went well through the router`)
  return true
}

function refuseHanging(limitMs: number): never {
  return refuse(`The journeys hang: they were not over after ${limitMs / 1000} s.`, {
    fact: 'an instance can be healthy and not answer: probes ask for their own paths alone, and nobody restarts it.',
    remedy: 'Run them here: "npm run e2e". Answer every request in time, or with an error.',
  })
}

export function demandNoFailures(router: Router) {
  const failures = router.failures()
  if (failures.length === 0) return
  refuse(`The router lost ${failures.length} requests: ${failures.slice(0, 3).join('; ')}.`, {
    fact: 'what an instance does not answer, the router answers with 502; a request with a body is never repeated.',
    remedy: 'Keep connections open longer than the router does, and finish what is in flight before the process ends.',
  })
}
