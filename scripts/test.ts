// `npm test`: the tests that take seconds. `--long` runs those that take minutes, `--all` runs both in one run. All
// other arguments are Vitest's own, e.g. `npm test -- todos`.

import { runTests } from './test/run-tests.ts'

const args = process.argv.slice(2)
const own = ['--long', '--all']
const suite = args.includes('--all') ? 'all' : args.includes('--long') ? 'long' : 'quick'

await runTests(
  suite,
  args.filter((arg) => !own.includes(arg)),
)
