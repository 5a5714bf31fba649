// `npm run e2e`: the crucial journeys, against a process that they start or against the deployment that BASE_URL names.
// `npm run e2e -- --smoke` is for whoever asks again and again: it prints one line of JSON, and tells by its exit code
// whether all went well. `npm run monitor` tells monitoring systems.

import { runJourneys, summaryOf } from './monitor/journeys.ts'
import { tellErrors } from './run.ts'

await tellErrors(async () => {
  const args = process.argv.slice(2)
  const smoke = args.includes('--smoke')
  const rest = args.filter((arg) => arg !== '--smoke')
  const run = await runJourneys(rest, { quiet: smoke })
  if (smoke) console.log(JSON.stringify(summaryOf(run)))
})
