// What promtool does not check: each alert is tested, says what to do, and uses the limits of the service.

import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { chassisSettings } from '../../src/chassis/settings.ts'
import { selectorsOf } from './promql.ts'
import { readAlertCases, readAlerts, readText } from './watch.ts'

const alerts = readAlerts()
const named = (name: string) => alerts.find(({ alert }) => alert === name)!

test('each alert says what is wrong, what to do, and how severe it is', () => {
  for (const { alert, labels, annotations } of alerts) {
    expect(['critical', 'warning'], alert).toContain(labels.severity)
    expect(annotations.summary, alert).toMatch(/\.$/)
    expect(annotations.description.length, alert).toBeGreaterThan(40)
  }
})

test('each alert has a section of the runbook, and each section an alert', () => {
  const [, runbooks = ''] = readText('docs/monitoring.md').split('\n## What to do when an alert fires\n')
  const sections = [...runbooks.split('\n## ')[0]!.matchAll(/^### (\w+)$/gm)].map(([, title]) => title)

  expect(sections).toEqual(alerts.map(({ alert }) => alert))
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`docs/monitoring.md#${alert.toLowerCase()}`)
  }
})

test('each alert is tested: it fires in one case, and is silent in another', () => {
  const looks = readAlertCases().flatMap((each) => each.promql_expr_test)
  const firing = looks.map(({ exp_samples }) => exp_samples.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1]))

  for (const { alert } of alerts) expect(firing.flat(), alert).toContain(alert)
  expect(firing.some((names) => names.length === 0)).toBe(true)
})

test('every query of a metric of the service names its job, which Prometheus scrapes', () => {
  const { scrape_configs } = load(readText('deploy/monitoring/prometheus.yml')) as {
    scrape_configs: { job_name: string }[]
  }
  const ofService = alerts.flatMap(({ expr }) => selectorsOf(expr)).filter(({ name }) => !name.startsWith('journey'))
  const jobs = alerts.flatMap(({ expr }) => [...expr.matchAll(/\bjob="([^"]*)"/g)].map(([, job]) => job))

  expect(ofService.filter(({ labels }) => !labels.includes('job'))).toEqual([])
  expect([...new Set(jobs)]).toEqual(scrape_configs.map(({ job_name }) => job_name))
})

test('the limit of requests in flight is four fifths of MAX_IN_FLIGHT', () => {
  const allowed = Number(chassisSettings.MAX_IN_FLIGHT.fallback)

  expect(named('RequestsInFlight').expr).toMatch(new RegExp(`> ${allowed * 0.8}$`))
})

test('the limit of the heap follows from the Procfile and the memory in the manifest', () => {
  const memory = Number(/^ +memory: (\d+)M$/m.exec(readText('manifest.yml'))?.[1])
  const share = Number(/MEMORY_AVAILABLE:-\d+}\/(\d+)/.exec(readText('Procfile'))?.[1])

  expect(named('HeapNearlyFull').expr).toContain(`* ${memory / share} * 1024 * 1024`)
})
