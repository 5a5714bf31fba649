// A memory control group of our own, of version 1 or 2 (kernel documentation, cgroup-v1/memory and cgroup-v2).

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MemoryGroup extends Disposable {
  /** The file to which a process writes its id to join. */
  processes: string
  read(): { peakMb: number; kills: number }
}

interface Version {
  /** Our group's parent. In version 1 it is the group that we are in; in version 2 such a group can't have children. */
  parent: string
  limit: string
  peak: string
  events: string
}

/** @returns undefined where the kernel or our rights don't allow it */
export function openMemoryGroup(limitMb: number): MemoryGroup | undefined {
  const { parent, limit, peak, events } = existsSync('/sys/fs/cgroup/memory') ? versionOne() : VERSION_TWO
  const group = join(parent, `bench-${process.pid}`)
  try {
    mkdirSync(group)
    writeFileSync(join(group, limit), String(limitMb * 1024 * 1024))
  } catch {
    if (existsSync(group)) rmdirSync(group)
    return undefined
  }

  const read = (file: string) => readFileSync(join(group, file), 'utf8')
  return {
    processes: join(group, 'cgroup.procs'),
    read: () => ({
      peakMb: Number(read(peak)) / 1024 / 1024,
      kills: Number(/^oom_kill (\d+)/m.exec(read(events))?.[1] ?? 0),
    }),
    [Symbol.dispose]: () => rmdirSync(group),
  }
}

const VERSION_TWO: Version = {
  parent: '/sys/fs/cgroup',
  limit: 'memory.max',
  peak: 'memory.peak',
  events: 'memory.events',
}

const versionOne = (): Version => ({
  parent: join('/sys/fs/cgroup/memory', /:memory:(.+)/.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'),
  limit: 'memory.limit_in_bytes',
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
})
