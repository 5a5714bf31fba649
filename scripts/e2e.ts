// `npm run e2e`: the crucial journeys, against a process that they start or against the deployment that BASE_URL names.
// `npm run e2e -- --smoke` is for a monitor that asks again and again: it prints one line of JSON, and tells by its
// exit code whether all went well.

import { parseCLI, startVitest, type TestModule } from 'vitest/node'
import { countTests } from './tally.ts'

if (process.env.BASE_URL && !/^https?:\/\//.test(process.env.BASE_URL)) {
  console.error('BASE_URL must begin with http:// or https://')
  process.exit(2)
}
// Vitest has a BASE_URL of its own in the environment of tests.
if (process.env.BASE_URL) process.env.TARGET_URL = process.env.BASE_URL

const args = process.argv.slice(2)
const smoke = args.includes('--smoke')
const started = performance.now()

const { filter, options } = parseCLI(['vitest', 'run', '--project', 'e2e', ...args.filter((arg) => arg !== '--smoke')])
const vitest = await startVitest(filter, { ...options, ...(smoke && { reporters: [{}], silent: true }) })
if (smoke) console.log(JSON.stringify(summary(vitest.state.getTestModules(), vitest.state.getUnhandledErrors())))

function summary(modules: TestModule[], errorsOutside: unknown[]) {
  const { passed, failed } = countTests(modules, errorsOutside)
  return {
    ok: failed === 0 && passed > 0,
    target: process.env.TARGET_URL ?? 'a process of its own',
    passed,
    failed,
    durationMs: Math.round(performance.now() - started),
    failures: modules.flatMap(failuresOf),
  }
}

function failuresOf({ children }: TestModule) {
  return [...children.allTests('failed')].map((test) => ({
    journey: test.name,
    error: storyOf(test.result().errors?.[0]),
  }))
}

/** `fetch failed` says nothing without its cause. */
function storyOf(error: { message: string; cause?: unknown } | undefined): string | undefined {
  const { message, code } = (error?.cause ?? {}) as { message?: string; code?: string }
  const cause = message || code
  return cause ? `${error?.message}: ${cause}` : error?.message
}
