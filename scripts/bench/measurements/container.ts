// The service in a memory control group of the manifest's size, if the kernel has control groups and the user may
// create one. It starts without a compile cache, as in a new container.

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { openMemoryGroup } from 'cf-rehearse/memory-group'
import type { Bench } from '../feature-benchmark.ts'
import { load } from '../load/load.ts'
import type { Workload } from '../load/workload.ts'
import { SERVICE, startServer } from '../server-process.ts'

/** `memory: 128M` in manifest.yml. */
const LIMIT_MB = 128

export interface Container {
  /** Page cache included, which the kernel takes back where it is needed. */
  peakMb: number
  /** How often the kernel killed for want of memory. */
  kills: number
  alive: boolean
}

/** @returns undefined where no control group can be created */
export async function runInContainer(
  workloads: Workload[],
  { plan, directory }: Bench,
): Promise<Container | undefined> {
  using group = openMemoryGroup(`bench-${process.pid}`, LIMIT_MB)
  if (!group) return undefined

  const fresh = mkdtempSync(join(directory, 'container-'))
  await using server = await startServer(SERVICE, {
    directory: fresh,
    joins: group.processes,
    env: { DRAIN_SECONDS: '0' },
  })
  for (const workload of workloads) {
    if (server.alive()) await load(server.url, workload, plan.containerSeconds)
  }
  return { alive: server.alive(), peakMb: group.peakMb(), kills: group.kills() }
}
