// `npm test`: the tests that take seconds. `--long` runs those that take minutes, `--all` runs both in one run. All other
// arguments are Vitest's own, e.g. `npm test -- tests/version.test.ts`.

import { runScript } from './command-line.ts'

const commandLine = {
  command: 'npm test',
  usage: '-- [filter] [options]',
  summary:
    'Runs the tests that take seconds, and fails where they exercise too little of the code, or not all of the contract.\nnpm run test:long and npm run test:all are the same with --long and --all.',
  options: {
    long: { type: 'boolean', help: 'run the tests that take minutes instead' },
    all: { type: 'boolean', help: 'run both' },
  },
  passesArgumentsTo: 'vitest run',
  examples: ['npm test', 'npm test -- tests/version.test.ts', 'npm test -- --project unit'],
} as const

await runScript(commandLine, async ({ positionals: args }) => {
  const { runTests } = await import('./test/run-tests.ts')
  const suite = args.includes('--all') ? 'all' : args.includes('--long') ? 'long' : 'quick'
  await runTests(
    suite,
    args.filter((arg) => !['--long', '--all'].includes(arg)),
  )
})
