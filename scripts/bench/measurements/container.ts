// The service in a container as small as the manifest's: a memory control group, where the kernel has them and we are
// root. It starts without a compile cache, as a new container does.

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { openMemoryGroup } from 'cf-rehearse/memory-group'
import { load } from '../load/load.ts'
import type { Workload } from '../load/workloads.ts'
import type { Plan } from '../plan.ts'
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

/** @returns undefined where there are no control groups to be had */
export async function runInContainer(
  workloads: Workload[],
  plan: Plan,
  directory: string,
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
