// The key filter against servers that parse, filter and serialise, and against the same in process.

import type { Contest, FeatureBenchmark } from '../../feature-benchmark.ts'
import { createBodyFile } from '../../load/json-body.ts'
import { ratio } from '../../measurements/side-by-side.ts'
import { atLeast } from '../../verdicts.ts'
import { measureInProcess, renderSpeeds } from './in-process.ts'

/** Few connections for large bodies: 64 times 1 MB would not fit the heap of any contender. */
const SIZES = [
  { name: 'POST 128 B', bytes: 128, connections: 64 },
  { name: 'POST 100 kB', bytes: 100_000, connections: 64 },
  { name: 'POST 1 MB', bytes: 1_000_000, connections: 8 },
]

const contest: Contest = {
  path: '/',
  rivalModule: new URL('./filter-by-parsing.ts', import.meta.url),
  workloads: (directory) =>
    SIZES.map(({ name, bytes, connections }) => {
      return { name, path: '/', connections, bodyFile: createBodyFile(directory, bytes) }
    }),
  judge: (comparison) => [
    atLeast(
      '1. POST of 128 B, × bare Express 5',
      ratio(comparison, 'ours', { rival: 'expressBare', workload: 'POST 128 B' }),
      1.7,
    ),
    ...['100 kB', '1 MB'].map((size) =>
      atLeast(
        `2. POST of ${size}, × raw node:http with JSON.parse`,
        ratio(comparison, 'ours', { rival: 'raw', workload: `POST ${size}` }),
        2.5,
      ),
    ),
  ],
}

export default {
  contest,
  async measure({ plan }) {
    const speeds = measureInProcess(plan.inProcessMs)
    const { parsingMbPerSecond, scanningMbPerSecond } = speeds.find(({ size }) => size === '1 MB')!
    const title = '2. key filter of 1 MB in process, × JSON.parse and back'
    return {
      sections: { 'The key filter in process': renderSpeeds(speeds) },
      verdicts: [atLeast(title, scanningMbPerSecond / parsingMbPerSecond, 4)],
      defects: [],
    }
  },
} satisfies FeatureBenchmark
