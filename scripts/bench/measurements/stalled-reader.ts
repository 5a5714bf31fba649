// Nobody reads stdout while the service works at full load: it must go on, stay small, and say how many lines it
// dropped.

import { readMetric } from '../ledger.ts'
import { load } from '../load/load.ts'
import { HELLO } from '../load/workloads.ts'
import type { Plan } from '../plan.ts'
import { SERVICE, startWarm } from '../server-process.ts'

export interface StalledReader {
  peakRssMb: number
  droppedLines: number
  exitCode: number | null
  defects: string[]
}

export async function stallReader({ stalledSeconds }: Plan, directory: string): Promise<StalledReader> {
  await using server = await startWarm(SERVICE, { directory })
  server.stdout.stall()
  const { failed } = await load(server.url, HELLO, stalledSeconds)
  if (!server.alive()) throw new Error('The service ended because nobody read its stdout.')

  const { peakRssMb } = server.usage()
  const droppedLines = await readMetric(server.url, /^log_lines_dropped_total(?:\{.*\})? (\d+)/gm)
  const exitCode = await server.stop()
  const defects = failed > 0 ? [`The service failed ${failed} requests while nobody read its stdout.`] : []
  return { peakRssMb, droppedLines, exitCode, defects }
}
