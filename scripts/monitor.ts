// `BASE_URL=https://… npm run -s monitor`: makes the journeys against a deployment and tells monitoring about it: by one
// line of JSON, by the exit code, and by files, `-- --prometheus journeys.prom --zabbix journeys.txt`.

import { renameSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { runJourneys, summaryOf } from './monitor/journeys.ts'
import { toPrometheus } from './monitor/prometheus.ts'
import { toZabbix } from './monitor/zabbix.ts'
import { tellErrors } from './run.ts'

const usage = `BASE_URL=https://… npm run -s monitor -- [options]
  --prometheus <file>   writes metrics for the textfile collector
  --zabbix <file>       writes lines for zabbix_sender
  --help                prints this`

await tellErrors(async () => {
  const files = { prometheus: { type: 'string' }, zabbix: { type: 'string' } } as const
  const { values } = parseArgs({ options: { ...files, help: { type: 'boolean' } } })
  if (values.help) return console.log(usage)
  if (!process.env.BASE_URL) throw new Error('Say what to watch: BASE_URL=https://… npm run -s monitor')

  const run = await runJourneys([], { quiet: true })
  if (!run.ok) process.exitCode = 1
  console.log(JSON.stringify(summaryOf(run)))
  if (values.prometheus) writeWhole(values.prometheus, toPrometheus(run, Date.now()))
  if (values.zabbix) writeWhole(values.zabbix, toZabbix(run))
})

/** Whoever reads the file finds all of it or what was there before. Collectors pass over what does not end in `.prom`. */
function writeWhole(file: string, text: string) {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, file)
}
