// The dashboard is written by hand, so its structure is checked against what Grafana expects.

import { expect, test } from 'vitest'
import { type Panel, readDashboard } from './watch.ts'

const dashboard = readDashboard()
const { panels } = dashboard
const rows = panels.filter(({ type }) => type === 'row')
const graphs = panels.filter(({ type }) => type !== 'row')

test('the dashboard has an identity in Grafana', () => {
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36)
  expect(dashboard).not.toHaveProperty('id')
  expect([dashboard.title, dashboard.uid].every(Boolean)).toBe(true)
})

test('the rows show clients first and the machine later', () => {
  expect(rows.map(({ title }) => title)).toEqual([
    'Traffic',
    'Errors',
    'Latency',
    'Saturation',
    'Resources',
    'Cache and database',
    'Journeys',
  ])
})

test('the ids of panels are unique', () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
})

test('no panel overlaps another or leaves the grid, and each is below its row', () => {
  const overlapping = panels.filter((one) => panels.some((other) => other.id > one.id && overlap(one, other)))

  expect(overlapping.map(({ title }) => title)).toEqual([])
  for (const { gridPos, title } of panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
  expect(panels).toEqual(panels.toSorted((a, b) => a.gridPos.y - b.gridPos.y || a.gridPos.x - b.gridPos.x))
})

test('data source and service are variables, and every query uses them', () => {
  const queries = graphs.flatMap(({ targets = [], datasource }) => [
    datasource,
    ...targets.map((each) => each.datasource),
  ])

  expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toEqual([
    ['datasource', 'datasource'],
    ['job', 'query'],
  ])
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana that fills it in.
  for (const datasource of queries) expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' })
})

test('every panel has queries, with different names', () => {
  for (const { title, targets = [] } of graphs) {
    expect(targets.length, title).toBeGreaterThan(0)
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
  }
})

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
}
