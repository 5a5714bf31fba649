// The outcome of the journeys in the format of Prometheus, for the textfile collector of the node_exporter.

import type { Journey, JourneysRun } from './journeys.ts'

type Labels = Record<string, string>

/** @param endedAt milliseconds since 1970 */
export function toPrometheus({ ok, target, durationMs, journeys }: JourneysRun, endedAt: number): string {
  const ofAll = (value: number): [Labels, number][] => [[{ target }, value]]
  const ofEach = (measure: (journey: Journey) => number): [Labels, number][] =>
    journeys.map((journey) => [{ target, journey: journey.title }, measure(journey)])

  return [
    gauge('journeys_success', 'Whether all journeys of the last run went well.', ofAll(Number(ok))),
    gauge('journeys_duration_seconds', 'How long the last run took.', ofAll(durationMs / 1000)),
    gauge('journeys_last_run_timestamp_seconds', 'When the last run ended.', ofAll(Math.round(endedAt / 1000))),
    gauge(
      'journey_success',
      'Whether the journey went well in the last run.',
      ofEach((journey) => Number(journey.ok)),
    ),
    gauge(
      'journey_duration_seconds',
      'How long the journey took.',
      ofEach((journey) => journey.durationMs / 1000),
    ),
  ].join('')
}

function gauge(name: string, help: string, samples: [Labels, number][]): string {
  if (samples.length === 0) return ''
  const lines = samples.map(([labels, value]) => `${name}{${renderLabels(labels)}} ${value}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`
}

const renderLabels = (labels: Labels) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',')

const escapeLabel = (value: string) => value.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
