// Every request has to be logged and counted exactly once. Three counts are compared: the answers that the generator
// got, the log lines, and the histogram in /metrics.

import { setTimeout as sleep } from 'node:timers/promises'
import type { LoadResult } from './load/load.ts'
import type { ServerProcess } from './server-process.ts'

/**
 * @param loads every load that the server has had
 * @returns a sentence for each difference
 */
export async function checkLedger(name: string, server: ServerProcess, loads: LoadResult[]): Promise<string[]> {
  const sum = (field: 'answered' | 'inDoubt' | 'failed') => loads.reduce((total, load) => total + load[field], 0)
  const { counted, logged } = await readSettledCounts(server)
  const defects: string[] = []
  if (logged !== counted) defects.push(`${name} logged ${logged} requests but counted ${counted}.`)
  if (counted < sum('answered') || counted > sum('answered') + sum('inDoubt')) {
    defects.push(
      `${name} answered ${sum('answered')} requests (${sum('inDoubt')} more of unknown outcome) but counted ${counted}.`,
    )
  }
  if (sum('failed') > 0) defects.push(`${name} failed ${sum('failed')} requests.`)
  return defects
}

/** Every request except the scrapes of /metrics. */
const COUNT = /^http_request_duration_seconds_count\{(?!.*route="\/metrics").*\} (\d+)/gm

/** Lines arrive a little after they were written, and requests that the generator gave up end a little after it. */
async function readSettledCounts({ url, stdout }: ServerProcess) {
  for (let attempt = 1; ; attempt++) {
    await sleep(50)
    const before = stdout.requestLines()
    const counted = await readMetric(url, COUNT)
    const logged = stdout.requestLines()
    if ((logged === counted && before === logged) || attempt === 40) return { counted, logged }
  }
}

/** The sum of all samples that match; the pattern's first group is the value. */
export async function readMetric(url: string, pattern: RegExp): Promise<number> {
  const response = await fetch(new URL('metrics', url))
  const samples = [...(await response.text()).matchAll(pattern)]
  return samples.reduce((total, [, value]) => total + Number(value), 0)
}
