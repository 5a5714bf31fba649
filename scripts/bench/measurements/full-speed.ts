// The service with nothing bound at full speed: how large it grows, and whether every request is logged and counted.

import type { Bench } from '../feature-benchmark.ts'
import { checkLedger } from '../ledger.ts'
import { load, loadExactly } from '../load/load.ts'
import { SERVICE, startWarm } from '../server-process.ts'

export interface FullSpeed {
  peakRssMb: number
  requests: number
  defects: string[]
}

export async function runAtFullSpeed({ plan, directory, baseline }: Bench): Promise<FullSpeed> {
  const { fullSpeedSeconds, roundSeconds } = plan
  await using server = await startWarm(SERVICE, { directory, env: { DRAIN_SECONDS: '0' } })
  const done = await load(server.url, baseline, fullSpeedSeconds)
  const { peakRssMb } = server.usage()
  const defects = await checkLedger('The service at full speed', server, [done])

  // Once more from zero, by the generator that knows the outcome of every request.
  await using exact = await startWarm(SERVICE, { directory, env: { DRAIN_SECONDS: '0' } })
  const exactly = await checkLedger('The service', exact, [await loadExactly(exact.url, baseline, roundSeconds)])
  return { peakRssMb, requests: done.answered, defects: [...defects, ...exactly] }
}
