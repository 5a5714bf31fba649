// `BASE_URL=https://… npm run -s monitor`: runs the journeys against a deployment and reports to monitoring systems, by
// one line of JSON, by the exit code, and by files: `-- --prometheus journeys.prom --zabbix journeys.txt`.

import { renameSync, writeFileSync } from 'node:fs'
import { runScript } from './command-line.ts'
import { toPrometheus } from './monitor/prometheus.ts'
import { toZabbix } from './monitor/zabbix.ts'

const commandLine = {
  command: 'npm run -s monitor',
  usage: '-- [options]',
  summary:
    'Runs the journeys against the deployment that BASE_URL names, prints one line of JSON, and exits with 0 where all\nof them pass.',
  options: {
    prometheus: { type: 'string', value: '<file>', help: 'write metrics for the textfile collector' },
    zabbix: { type: 'string', value: '<file>', help: 'write lines for zabbix_sender' },
  },
  examples: ['BASE_URL=https://service.example.com npm run -s monitor -- --prometheus journeys.prom'],
} as const

await runScript(commandLine, async ({ values }) => {
  if (!process.env.BASE_URL) throw new Error('Name the deployment to watch: BASE_URL=https://… npm run -s monitor')

  const { runJourneys, summaryOf } = await import('./monitor/journeys.ts')
  const run = await runJourneys([], { quiet: true })
  if (!run.ok) process.exitCode = 1
  console.log(JSON.stringify(summaryOf(run)))
  if (values.prometheus) writeWhole(values.prometheus, toPrometheus(run, Date.now()))
  if (values.zabbix) writeWhole(values.zabbix, toZabbix(run))
})

/** A reader finds the new file or the old one, never half of one. Collectors ignore what does not end in `.prom`. */
function writeWhole(file: string, text: string) {
  const unfinished = `${file}.${process.pid}`
  writeFileSync(unfinished, text)
  renameSync(unfinished, file)
}
