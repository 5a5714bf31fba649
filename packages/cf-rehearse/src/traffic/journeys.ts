// Step "journeys": runs the end-to-end tests of the application through the router, as against a deployment.

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Router } from '../platform/router.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'
import { endOf, runCommand } from '../run-command.ts'

/** A command may print this as one line of JSON. Otherwise its exit code decides. */
interface Summary {
  ok: boolean
  passed: number
  failures: { journey: string; error?: string }[]
}

export interface JourneyOptions {
  /** The folder of the application. */
  from: string
  router: Pick<Router, 'url'>
  note: Note
  limitMs?: number
}

/** @returns false if there is no command, or if its packages are not installed */
export async function runJourneys(command: string | undefined, options: JourneyOptions): Promise<boolean> {
  const { from, router, note, limitMs = 180_000 } = options
  const packages = join(from, 'node_modules')
  if (!command || !existsSync(packages)) return false
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const path = [join(packages, '.bin'), PATH].join(delimiter)
  const env = { PATH: path, HOME, ...(TMPDIR && { TMPDIR }), BASE_URL: router.url }
  const { ok, output, late } = await runCommand('sh', ['-c', command], { cwd: from, env, timeoutMs: limitMs })
  if (late) throwTimeout(command, limitMs)

  const summary = readSummary(output)
  if (!(summary?.ok ?? ok)) throwFailed(command, summary, output)
  note(summary ? `${summary.passed} passed through the router` : `"${command}" passed through the router`)
  return true
}

function readSummary(output: string): Summary | undefined {
  const line = output.split('\n').findLast((each) => each.startsWith('{"ok"'))
  return line === undefined ? undefined : JSON.parse(line)
}

function throwFailed(command: string, summary: Summary | undefined, output: string): never {
  const failures = summary?.failures.map(({ journey, error }) => `${journey}: ${error}`) ?? []
  return throwFinding(`Journeys failed:\n  ${failures.join('\n  ') || endOf(output)}`, {
    fact: 'this is how the application responds behind the router, with the environment of the platform.',
    remedy: `Run them here: "${command}". Environment, user and address differ.`,
  })
}

function throwTimeout(command: string, limitMs: number): never {
  return throwFinding(`The journeys hang: they did not end within ${limitMs / 1000} s.`, {
    fact: 'an instance can pass its health checks and still not respond; the platform does not restart it then.',
    remedy: `Run them here: "${command}". Respond to every request in time, or with an error.`,
  })
}
