// The service with nothing bound, as fast as it goes: how large it grows, and whether its books balance to the last
// request.

import { checkLedger } from '../ledger.ts'
import { load, loadExactly } from '../load/load.ts'
import { HELLO } from '../load/workloads.ts'
import type { Plan } from '../plan.ts'
import { SERVICE, startWarm } from '../server-process.ts'

export interface FullSpeed {
  peakRssMb: number
  requests: number
  defects: string[]
}

export async function runAtFullSpeed({ fullSpeedSeconds, roundSeconds }: Plan, directory: string): Promise<FullSpeed> {
  await using server = await startWarm(SERVICE, { directory, env: { DRAIN_SECONDS: '0' } })
  const done = await load(server.url, HELLO, fullSpeedSeconds)
  const { peakRssMb } = server.usage()
  const defects = await checkLedger('The service at full speed', server, [done])

  // Once more from zero, by the generator that leaves nothing in doubt.
  await using exact = await startWarm(SERVICE, { directory, env: { DRAIN_SECONDS: '0' } })
  const exactly = await checkLedger('The service', exact, [await loadExactly(exact.url, HELLO, roundSeconds)])
  return { peakRssMb, requests: done.answered, defects: [...defects, ...exactly] }
}
