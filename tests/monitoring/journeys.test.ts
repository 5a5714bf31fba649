import { expect, test } from 'vitest'
import type { JourneysRun } from '../../scripts/monitor/journeys.ts'
import { toPrometheus } from '../../scripts/monitor/prometheus.ts'
import { toZabbix } from '../../scripts/monitor/zabbix.ts'
import { parseMetrics } from '../../service_tests/metrics-text.ts'

const target = 'https://service.example.com/'
const run: JourneysRun = {
  ok: false,
  target,
  passed: 1,
  failed: 1,
  skipped: [],
  durationMs: 2500,
  journeys: [
    { id: 'notes-a-note-is-made', title: 'a note is made', ok: true, durationMs: 120 },
    { id: 'notes-it-is-read', title: 'it is read', ok: false, durationMs: 30, error: 'expected "a\\b"\nto be 2' },
  ],
}

test('Prometheus gets the outcome of the run, and when it ended', () => {
  const samples = parseMetrics(toPrometheus(run, 1_700_000_000_400))

  expect(samples.filter(({ labels }) => labels.target === target && !labels.journey)).toEqual([
    { name: 'journeys_success', labels: { target }, value: 0 },
    { name: 'journeys_duration_seconds', labels: { target }, value: 2.5 },
    { name: 'journeys_last_run_timestamp_seconds', labels: { target }, value: 1_700_000_000 },
  ])
})

test('Prometheus gets the outcome of each journey, by its title', () => {
  const samples = parseMetrics(toPrometheus(run, 0)).filter(({ labels }) => labels.journey)

  expect(samples).toEqual([
    { name: 'journey_success', labels: { target, journey: 'a note is made' }, value: 1 },
    { name: 'journey_success', labels: { target, journey: 'it is read' }, value: 0 },
    { name: 'journey_duration_seconds', labels: { target, journey: 'a note is made' }, value: 0.12 },
    { name: 'journey_duration_seconds', labels: { target, journey: 'it is read' }, value: 0.03 },
  ])
})

test('quotes, backslashes and line feeds in a title are escaped for Prometheus', () => {
  const journeys = [{ ...run.journeys[0]!, title: 'a "quoted\\\n" title' }]

  const text = toPrometheus({ ...run, journeys }, 0)

  expect(text).toContain(String.raw`journey="a \"quoted\\\n\" title"} 1`)
})

test('a run without journeys writes no metric without a value', () => {
  expect(toPrometheus({ ...run, journeys: [] }, 0)).not.toContain('journey_success')
})

test('Zabbix gets the outcome of the run and of each journey', () => {
  const values = readSenderInput(toZabbix(run))

  expect(Object.fromEntries(values.slice(1).map(([, key, value]) => [key, value]))).toEqual({
    'journeys.ok': '0',
    'journeys.failed': '1',
    'journeys.duration': '2.5',
    'journey.ok[notes-a-note-is-made]': '1',
    'journey.duration[notes-a-note-is-made]': '0.12',
    'journey.error[notes-a-note-is-made]': '',
    'journey.ok[notes-it-is-read]': '0',
    'journey.duration[notes-it-is-read]': '0.03',
    'journey.error[notes-it-is-read]': 'expected "a\\b"\nto be 2',
  })
  expect(new Set(values.map(([host]) => host))).toEqual(new Set(['-']))
})

test('Zabbix discovers the journeys before it gets their values', () => {
  const [[, key, value] = []] = readSenderInput(toZabbix(run))

  expect(key).toBe('journeys.discovery')
  expect(JSON.parse(value ?? '')).toEqual([
    { '{#JOURNEY}': 'notes-a-note-is-made', '{#TITLE}': 'a note is made' },
    { '{#JOURNEY}': 'notes-it-is-read', '{#TITLE}': 'it is read' },
  ])
})

/** As zabbix_sender reads its input: a line of entries, those in double quotes with escapes. */
function readSenderInput(text: string): string[][] {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) =>
    [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, bare]) =>
      quoted === undefined ? bare! : quoted.replaceAll(/\\(.)/g, (_escape, char) => (char === 'n' ? '\n' : char)),
    ),
  )
}
