// Memory control groups, of version 1 or 2: a limit, whom it killed, and who is in there.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MemoryGroup extends Disposable {
  /** The file to which a process writes its id to join. */
  processes: string
  /** Whether the kernel killed somebody in here for want of memory. */
  outOfMemory(): boolean
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
    outOfMemory: () => /^oom_kill [1-9]/m.test(read(events)),
    peakMb: () => Math.round(Number(read(peak)) / 2 ** 20),
    [Symbol.dispose]: () => rmdirSync(group),
  }
}

const VERSION_TWO = {
  parent: '/sys/fs/cgroup',
  limits: ['memory.max', 'memory.swap.max'],
  peak: 'memory.peak',
  events: 'memory.events',
}

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
