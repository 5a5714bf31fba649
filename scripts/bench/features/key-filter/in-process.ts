// The key filter without a server around it: one pass over the bytes, against parsing, filtering and serialising.

import { filterKeys } from '../../../../src/features/key-filter/filter.ts'
import { createBody } from '../../load/json-body.ts'
import { callsPerSecond } from '../../measurements/in-process.ts'
import { renderTable, significant } from '../../table.ts'
import { filterByParsing } from './filter-by-parsing.ts'

const SIZES = { '128 B': 128, '1 kB': 1000, '100 kB': 100_000, '1 MB': 1_000_000 }

interface FilterSpeed {
  size: string
  parsingMbPerSecond: number
  scanningMbPerSecond: number
}

export function measureInProcess(inProcessMs: number): FilterSpeed[] {
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

export function renderSpeeds(speeds: FilterSpeed[]): string {
  const head = ['body', 'JSON.parse and back, MB/s', 'this service, MB/s', '×']
  const rows = speeds.map(({ size, parsingMbPerSecond, scanningMbPerSecond }) => [
    size,
    significant(parsingMbPerSecond),
    significant(scanningMbPerSecond),
    (scanningMbPerSecond / parsingMbPerSecond).toFixed(1),
  ])
  return renderTable(head, rows)
}
