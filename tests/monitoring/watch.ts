// The alerts and the dashboard, as far as the tests read them.

import { readFileSync } from 'node:fs'
import { load } from 'js-yaml'

export interface Alert {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string; description: string; runbook: string }
}

export interface Panel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { type: string; uid: string }
  targets?: { refId: string; expr: string; datasource: { type: string; uid: string } }[]
}

export interface Dashboard {
  title: string
  uid: string
  schemaVersion: number
  templating: { list: { name: string; type: string; definition?: string }[] }
  panels: Panel[]
}

interface Case {
  name: string
  promql_expr_test: { eval_time: string; exp_samples: { labels: string }[] }[]
}

export const readText = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

export const readAlerts = (): Alert[] =>
  (load(readText('deploy/monitoring/alerts.yml')) as { groups: { rules: Alert[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  )

export const readAlertCases = (): Case[] =>
  (load(readText('deploy/monitoring/alerts.test.yml')) as { tests: Case[] }).tests

export const readDashboard = (): Dashboard => JSON.parse(readText('deploy/monitoring/dashboard.json'))

/** Every query of both, with its place. */
export function readQueries(): [string, string][] {
  const ofAlerts = readAlerts().map(({ alert, expr }): [string, string] => [`alert ${alert}`, expr])
  const ofPanels = readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ refId, expr }): [string, string] => [`panel ${title} ${refId}`, expr]),
  )
  return [...ofAlerts, ...ofPanels]
}
