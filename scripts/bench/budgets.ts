// What the service may cost, and whether it keeps to that. A budget is about a ratio within this run, or about memory.

import type { ContenderName } from './contenders.ts'
import { hasTodos } from './features.ts'
import type { ColdStarts } from './measurements/cold-start.ts'
import type { Container } from './measurements/container.ts'
import type { FullSpeed } from './measurements/full-speed.ts'
import type { FilterSpeed } from './measurements/key-filter.ts'
import { type Comparison, ratio } from './measurements/side-by-side.ts'
import type { StalledReader } from './measurements/stalled-reader.ts'
import { CACHED, FIRST_PAGE, figureOf, HELLO_FIGURE, type TodosResult, times } from './measurements/todos.ts'
import { SIZES } from './todos/databases.ts'

export interface Results {
  service?: ServiceResults
  /** Undefined where the todos have been deleted. */
  todos?: TodosResult | undefined
}

export interface ServiceResults {
  comparison: Comparison
  /** Empty where the key filter has been deleted; then its workloads are missing, too. */
  filter: FilterSpeed[]
  coldStarts: ColdStarts
  fullSpeed: FullSpeed
  container: Container | undefined
  /** Undefined where the todos have been deleted, too. */
  todosContainer: Container | undefined
  stalledReader: StalledReader
  validationUs: number
}

export interface Verdict {
  budget: string
  measured: string
  /** Undefined where this machine can't tell. */
  met: boolean | undefined
}

export const judge = ({ service, todos }: Results): Verdict[] => [
  ...(service ? judgeService(service) : []),
  ...(todos ? judgeTodos(todos) : []),
]

function judgeService(results: ServiceResults): Verdict[] {
  return [
    ...judgeSpeed(results.comparison),
    ...(results.filter.length > 0 ? judgeFilter(results) : []),
    ...judgeSize(results),
    ...judgeStart(results.coldStarts),
    judgeStalledReader(results.stalledReader),
    atMost('6. validation by the contract', results.validationUs, { limit: 5, unit: 'µs a request' }),
  ]
}

function judgeSpeed(comparison: Comparison): Verdict[] {
  const times = (rival: ContenderName, workload: string) => ratio(comparison, 'ours', { rival, workload })
  return [
    atLeast('1. GET, × bare Express 5', times('expressBare', 'GET'), 1.3),
    atLeast('1. GET, × raw node:http with equal duties', times('rawWithDuties', 'GET'), 0.9),
    atLeast('1. GET, × tuned Fastify 5 with equal duties', times('fastifyWithDuties', 'GET'), 1.2),
  ]
}

function judgeFilter({ comparison, filter }: ServiceResults): Verdict[] {
  const times = (rival: ContenderName, workload: string) => ratio(comparison, 'ours', { rival, workload })
  const { parsingMbPerSecond, scanningMbPerSecond } = filter.find(({ size }) => size === '1 MB')!
  return [
    atLeast('1. POST of 128 B, × bare Express 5', times('expressBare', 'POST 128 B'), 1.7),
    atLeast('2. POST of 100 kB, × raw node:http with JSON.parse', times('raw', 'POST 100 kB'), 2.5),
    atLeast('2. POST of 1 MB, × raw node:http with JSON.parse', times('raw', 'POST 1 MB'), 2.5),
    atLeast('2. key filter of 1 MB in process, × JSON.parse and back', scanningMbPerSecond / parsingMbPerSecond, 4),
  ]
}

function judgeSize({ fullSpeed, container, todosContainer }: ServiceResults): Verdict[] {
  return [
    below('3. peak RSS at full speed', fullSpeed.peakRssMb, 100),
    {
      budget: '3. every request logged and counted exactly once',
      measured:
        fullSpeed.defects.length === 0 ? `${fullSpeed.requests} requests, none lost or doubled` : 'no, see below',
      met: fullSpeed.defects.length === 0,
    },
    judgeContainer('3. fits a container of 128 MB', container),
    ...(hasTodos ? [judgeContainer('3. fits a container of 128 MB with todos, embedded', todosContainer)] : []),
  ]
}

const judgeContainer = (budget: string, container: Container | undefined): Verdict => ({
  budget,
  measured: container
    ? `peak ${container.peakMb.toFixed(0)} MB, ${container.kills} kills`
    : 'left out: no control groups',
  met: container?.alive && container.kills === 0,
})

function judgeStart({ raw, ours }: ColdStarts): Verdict[] {
  return [
    atMost('4. first answer after the start', ours.firstAnswerMs / raw.firstAnswerMs, { limit: 4, unit: '× raw' }),
    below('4. RSS then', ours.rssMb, 90),
  ]
}

function judgeTodos({ figures }: TodosResult): Verdict[] {
  const titles = [...new Set(figures.map(({ database }) => database))]
  return titles.flatMap((database) => {
    const of = (what: string, rows: number) => figureOf(figures, { what, database, rows })!
    const [few, many] = [of(FIRST_PAGE, SIZES.few), of(FIRST_PAGE, SIZES.many)]
    return [
      atLeast(`7. ${database}: cached page, × hello`, times(of(CACHED, SIZES.few), of(HELLO_FIGURE, SIZES.few)), 0.6),
      atMost(`7. ${database}: cost of a page from 1,000,000 rows`, times(few, many), {
        limit: 1.3,
        unit: '× 10,000 rows',
      }),
    ]
  })
}

function judgeStalledReader({ peakRssMb, droppedLines, exitCode }: StalledReader): Verdict {
  return {
    budget: '5. nobody reads stdout: alive, < 128 MB, dropped lines counted, SIGTERM obeyed',
    measured: `${peakRssMb.toFixed(0)} MB, ${droppedLines} lines dropped, exit code ${exitCode}`,
    met: peakRssMb < 128 && droppedLines > 0 && exitCode === 0,
  }
}

const atLeast = (budget: string, value: number, limit: number): Verdict => ({
  budget: `${budget} ≥ ${limit}`,
  measured: value.toFixed(2),
  met: value >= limit,
})

const atMost = (budget: string, value: number, { limit, unit }: { limit: number; unit: string }): Verdict => ({
  budget: `${budget} ≤ ${limit} ${unit}`,
  measured: `${value.toFixed(2)} ${unit}`,
  met: value <= limit,
})

const below = (budget: string, mb: number, limit: number): Verdict => ({
  budget: `${budget} < ${limit} MB`,
  measured: Number.isNaN(mb) ? 'unknown' : `${mb.toFixed(0)} MB`,
  met: Number.isNaN(mb) ? undefined : mb < limit,
})
