// Memory control groups of version 1 or 2 (kernel documentation, cgroup-v1/memory and cgroup-v2): a limit, the number
// of kills, and the processes in the group.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MemoryGroup extends Disposable {
  /** A process joins the group by writing its id to this file. */
  processes: string
  /** How often the kernel has killed a process because of the limit. */
  kills(): number
  /** Includes the page cache, which the kernel can reclaim. NaN if the kernel does not report it. */
  peakMb(): number
}

/** @returns undefined if the kernel or missing privileges prevent it */
export function openMemoryGroup(name: string, limitMb: number): MemoryGroup | undefined {
  const { parent, limits, peak, events } = existsSync('/sys/fs/cgroup/memory') ? versionOne() : VERSION_TWO
  const group = join(parent, name)
  try {
    mkdirSync(group)
    writeFileSync(join(group, limits[0]!), String(limitMb * 2 ** 20))
  } catch {
    if (existsSync(group)) rmdirSync(group)
    return undefined
  }
  allowNoSwap(join(group, limits[1]!), limitMb)

  const read = (file: string) => readFileSync(join(group, file), 'utf8')
  return {
    processes: join(group, 'cgroup.procs'),
    kills: () => Number(/^oom_kill (\d+)/m.exec(read(events))?.[1] ?? 0),
    peakMb: () => (existsSync(join(group, peak)) ? Number(read(peak)) / 2 ** 20 : Number.NaN),
    [Symbol.dispose]: () => rmdirSync(group),
  }
}

const VERSION_TWO = {
  parent: '/sys/fs/cgroup',
  limits: ['memory.max', 'memory.swap.max'],
  peak: 'memory.peak', // Since Linux 5.19.
  events: 'memory.events',
}

/** In version 1 the parent is the group of this process; in version 2 a group with processes cannot have children. */
const versionOne = () => ({
  parent: join('/sys/fs/cgroup/memory', /:memory:(.+)/.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'),
  limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
})

/** Version 1 limits the sum of memory and swap. Without swap accounting the file does not exist. */
function allowNoSwap(file: string, limitMb: number) {
  try {
    writeFileSync(file, file.includes('memsw') ? String(limitMb * 2 ** 20) : '0')
  } catch {}
}
