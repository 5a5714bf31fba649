// Reads the Prometheus text format, as far as the tests need it.

import type { Service } from './service.ts'

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export function parseMetrics(text: string): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name, labels = '', value]) => ({
    name: name!,
    labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label!, text!])),
    value: Number(value),
  }))
}

/** The sum of the samples with this name and these labels. */
export async function readMetric(service: Service, name: string, labels: Record<string, string> = {}): Promise<number> {
  const { body } = await service.fetch('/metrics')
  const samples = parseMetrics(body).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text),
  )
  return samples.reduce((sum, { value }) => sum + value, 0)
}

/** Settles when so many requests are in flight, besides the one that reads the metrics. */
export async function whenInFlight(service: Service, count: number): Promise<void> {
  while ((await readMetric(service, 'http_requests_in_flight')) <= count);
}
