// Runs the journeys of service_tests/journeys once, against a process that they start or against the deployment that
// BASE_URL names, and returns the outcome of each.

import { basename } from 'node:path'
import { parseCLI, startVitest, type TestCase, type TestModule } from 'vitest/node'
import { countTests } from '../test/tally.ts'

export interface JourneysRun {
  ok: boolean
  /** What the journeys were run against. */
  target: string
  passed: number
  failed: number
  /** The titles of those that don't apply to the target, as one that needs a bound database. */
  skipped: string[]
  durationMs: number
  journeys: Journey[]
}

export interface Journey {
  /** From its file and its title, in lower case letters, digits and hyphens. */
  id: string
  title: string
  ok: boolean
  durationMs: number
  error?: string | undefined
}

/**
 * Failures set the exit code of this process to 1, as Vitest does.
 *
 * @param args are passed to Vitest
 * @throws {Error} where BASE_URL is no address
 */
export async function runJourneys(args: string[], { quiet = false } = {}): Promise<JourneysRun> {
  const started = performance.now()
  const target = readTarget(process.env.BASE_URL)
  // Vitest has a BASE_URL of its own in the environment of tests.
  if (process.env.BASE_URL) process.env.TARGET_URL = process.env.BASE_URL

  const { filter, options } = parseCLI(['vitest', 'run', '--project', 'e2e', ...args])
  const vitest = await startVitest(filter, { ...options, ...(quiet && { reporters: [{}], silent: true }) })
  const modules = vitest.state.getTestModules()
  const { passed, failed } = countTests(modules, vitest.state.getUnhandledErrors())
  return {
    ok: failed === 0 && passed > 0,
    target,
    passed,
    failed,
    skipped: modules.flatMap(skippedIn),
    durationMs: Math.round(performance.now() - started),
    journeys: modules.flatMap(journeysOf),
  }
}

/** For one line: details only of what failed. */
export function summaryOf({ journeys, ...rest }: JourneysRun) {
  return { ...rest, failures: journeys.flatMap(({ ok, title, error }) => (ok ? [] : [{ journey: title, error }])) }
}

function readTarget(baseUrl: string | undefined): string {
  if (!baseUrl) return 'a process of its own'
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) {
    throw new Error('BASE_URL must be an address that begins with http:// or https://.')
  }
  const { origin, pathname, username, password } = new URL(baseUrl)
  if (username || password) throw new Error('BASE_URL must hold neither a user nor a password.')
  return origin + pathname
}

const skippedIn = (module: TestModule) => [...module.children.allTests('skipped')].map(({ name }) => name)

function journeysOf(module: TestModule): Journey[] {
  const file = basename(module.moduleId, '.test.ts')
  return [...module.children.allTests()].flatMap((test) => journeyOf(file, test) ?? [])
}

/** Undefined where it was skipped. */
function journeyOf(file: string, test: TestCase): Journey | undefined {
  const { state, errors } = test.result()
  if (state !== 'passed' && state !== 'failed') return undefined
  const durationMs = Math.round(test.diagnostic()?.duration ?? 0)
  return {
    id: idOf(file, test.name),
    title: test.name,
    ok: state === 'passed',
    durationMs,
    error: describeError(errors?.[0]),
  }
}

const idOf = (file: string, title: string) =>
  `${file} ${title}`
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replace(/-$/, '')

/** `fetch failed` says nothing without its cause. */
function describeError(error: { message: string; cause?: unknown } | undefined): string | undefined {
  const { message, code } = (error?.cause ?? {}) as { message?: string; code?: string }
  const cause = message || code
  return cause ? `${error?.message}: ${cause}` : error?.message
}
