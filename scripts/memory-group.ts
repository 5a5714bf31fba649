// Memory control groups, of version 1 or 2 (kernel documentation, cgroup-v1/memory and cgroup-v2): a limit, whom it
// killed, and who is in there.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MemoryGroup extends Disposable {
  /** The file to which a process writes its id to join. */
  processes: string
  /** How often the kernel killed for want of memory. */
  kills(): number
  /** Page cache included, which the kernel takes back where it is needed. NaN where the kernel does not tell. */
  peakMb(): number
}

/** @returns undefined where the kernel or our rights don't allow it */
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

/** In version 1 a group's parent is the one that we are in; in version 2 such a group can't have children. */
const versionOne = () => ({
  parent: join('/sys/fs/cgroup/memory', /:memory:(.+)/.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'),
  limits: ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'],
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
})

/** Version 1 limits the sum of both. A machine that does not account swap has no such file. */
function allowNoSwap(file: string, limitMb: number) {
  try {
    writeFileSync(file, file.includes('memsw') ? String(limitMb * 2 ** 20) : '0')
  } catch {}
}
