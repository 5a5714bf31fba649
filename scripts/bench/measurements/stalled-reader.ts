// stdout is not read while the service is under full load: the service must go on, stay small, and count the lines
// that it drops.

import type { Bench } from '../feature-benchmark.ts'
import { readMetric } from '../ledger.ts'
import { load } from '../load/load.ts'
import { SERVICE, startWarm } from '../server-process.ts'

export interface StalledReader {
  peakRssMb: number
  droppedLines: number
  exitCode: number | null
  defects: string[]
}

export async function stallReader({ plan, directory, baseline }: Bench): Promise<StalledReader> {
  await using server = await startWarm(SERVICE, { directory })
  server.stdout.stall()
  const { failed } = await load(server.url, baseline, plan.stalledSeconds)
  if (!server.alive()) throw new Error('The service ended because its stdout was not read.')

  const { peakRssMb } = server.usage()
  const droppedLines = await readMetric(server.url, /^log_lines_dropped_total(?:\{.*\})? (\d+)/gm)
  const exitCode = await server.stop()
  const defects = failed > 0 ? [`The service failed ${failed} requests while its stdout was not read.`] : []
  return { peakRssMb, droppedLines, exitCode, defects }
}
