// The key filter against the usual way, without a server around them: one pass over the bytes, or parse, pick,
// serialise.

import { featureFolder } from '../features.ts'
import { createBody } from '../load/workloads.ts'
import { filterByParsing } from '../servers/filter-by-parsing.ts'
import { callsPerSecond } from './in-process.ts'

const SIZES = { '128 B': 128, '1 kB': 1000, '100 kB': 100_000, '1 MB': 1_000_000 }

export interface FilterSpeed {
  size: string
  parsingMbPerSecond: number
  scanningMbPerSecond: number
}

export async function measureKeyFilter(inProcessMs: number): Promise<FilterSpeed[]> {
  const filterKeys = await importFilter()
  return Object.entries(SIZES).map(([size, bytes]) => {
    const body = createBody(bytes)
    const calls = callsPerSecond(
      { parsing: () => filterByParsing(body), scanning: () => filterKeys(body) },
      inProcessMs,
    )
    const mbPerSecond = (perSecond: number) => (perSecond * bytes) / 1e6
    return { size, parsingMbPerSecond: mbPerSecond(calls.parsing), scanningMbPerSecond: mbPerSecond(calls.scanning) }
  })
}

/** Not by name, for the feature may be deleted, and the types of the rest are to be right all the same. */
async function importFilter(): Promise<(body: Buffer) => Buffer> {
  const { filterKeys } = await import(new URL('filter.ts', featureFolder('key-filter')).href)
  return filterKeys
}
