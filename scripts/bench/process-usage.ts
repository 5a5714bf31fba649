// What a process has used so far, by proc(5). Without /proc everything is NaN, and shown as unknown.

import { readFileSync } from 'node:fs'

export interface Usage {
  /** User and system time of all threads, in steps of 10 ms. */
  cpuSeconds: number
  rssMb: number
  /** The maximum so far. */
  peakRssMb: number
}

/** USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

export function readUsage(pid: number): Usage {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return { cpuSeconds: readCpuSeconds(pid), rssMb: memoryOf(status, 'VmRSS'), peakRssMb: memoryOf(status, 'VmHWM') }
  } catch {
    return { cpuSeconds: Number.NaN, rssMb: Number.NaN, peakRssMb: Number.NaN }
  }
}

/** utime and stime, which come after the command; that is in parentheses and may contain anything. */
function readCpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

const memoryOf = (status: string, field: string) =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024
