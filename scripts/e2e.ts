// `npm run e2e`: the journeys of the crucial features, against a process that they start or against the deployment that
// BASE_URL names. `npm run monitor` runs them for monitoring systems.

import { runScript } from './command-line.ts'

const commandLine = {
  command: 'npm run e2e',
  usage: '-- [--smoke] [filter]',
  summary:
    'Runs the journeys in service_tests/journeys: against the deployment that BASE_URL names, or against a process of\ntheir own. The exit code is 0 where all of them pass.',
  options: { smoke: { type: 'boolean', help: 'print one line of JSON, for a program that runs it again and again' } },
  passesArgumentsTo: 'vitest run',
  examples: ['npm run e2e', 'BASE_URL=https://service.example.com npm run e2e -- --smoke'],
} as const

await runScript(commandLine, async ({ positionals: args }) => {
  const { runJourneys, summaryOf } = await import('./monitor/journeys.ts')
  const smoke = args.includes('--smoke')
  const rest = args.filter((arg) => arg !== '--smoke')
  const run = await runJourneys(rest, { quiet: smoke })
  if (smoke) console.log(JSON.stringify(summaryOf(run)))
})
