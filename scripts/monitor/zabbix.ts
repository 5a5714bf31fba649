// The outcome of the journeys as the lines that zabbix_sender reads from a file. The first one is for a discovery rule,
// which creates the items of each journey.

import type { Journey, JourneysRun } from './journeys.ts'

/** A line is a host, a key and a value; the host `-` means the one that zabbix_sender is called with. */
export function toZabbix({ ok, durationMs, failed, journeys }: JourneysRun): string {
  const values: [string, string | number][] = [
    ['journeys.discovery', JSON.stringify(toDiscovery(journeys))],
    ['journeys.ok', Number(ok)],
    ['journeys.failed', failed],
    ['journeys.duration', durationMs / 1000],
    ...journeys.flatMap(valuesOf),
  ]
  return values.map(([key, value]) => `- ${quote(key)} ${quote(String(value))}\n`).join('')
}

function valuesOf({ id, ok, durationMs, error = '' }: Journey): [string, string | number][] {
  return [
    [`journey.ok[${id}]`, Number(ok)],
    [`journey.duration[${id}]`, durationMs / 1000],
    [`journey.error[${id}]`, error],
  ]
}

/** For low-level discovery: the items are identified by the id, and shown by the title. */
const toDiscovery = (journeys: Journey[]) => journeys.map(({ id, title }) => ({ '{#JOURNEY}': id, '{#TITLE}': title }))

/** An entry with spaces or quotes is quoted, and so is an empty one. */
function quote(entry: string): string {
  if (/^[\w.[\]-]+$/.test(entry)) return entry
  return `"${entry.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`
}
