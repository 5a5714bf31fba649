// Todos: what a page costs from the cache, from the database by its index, and by counting off, on either database; and
// whether that grows with the table.

import { load } from '../load/load.ts'
import { HELLO, type Workload, writeTodoWorkloads } from '../load/workloads.ts'
import type { Plan } from '../plan.ts'
import { SERVICE, type ServerProcess, startWarm } from '../server-process.ts'
import { median } from '../statistics.ts'
import { type FilledDatabase, openDatabases, SIZES } from '../todos/databases.ts'
import { idOf } from '../todos/rows.ts'

export interface TodosFigure {
  /** What was asked, as `first page, cached`. */
  what: string
  database: string
  rows: number
  requestsPerSecond: number[]
  p50Ms: number
}

export interface TodosResult {
  figures: TodosFigure[]
  /** What could not be measured, and why. */
  missing: string[]
  defects: string[]
}

export const HELLO_FIGURE = 'GET / (hello)'
export const CACHED = 'first page, cached'
export const FIRST_PAGE = 'first page, not cached'

interface Runner {
  database: FilledDatabase
  server: ServerProcess
  workload: Workload
  samples: { requestsPerSecond: number; p50Ms: number }[]
}

export async function measureTodos(plan: Plan, directory: string): Promise<TodosResult> {
  await using databases = await openDatabases(directory)
  await using servers = new AsyncDisposableStack()
  const runners: Runner[] = []
  const defects: string[] = []
  for (const database of databases.filled) {
    const add = async (env: NodeJS.ProcessEnv, workloads: Workload[]) => {
      const options = { directory, env: { DRAIN_SECONDS: '0', ...database.env, ...env } }
      const server = servers.use(await startWarm(SERVICE, options))
      runners.push(...workloads.map((workload) => ({ database, server, workload, samples: [] })))
    }
    if (database.rows === SIZES.none) await add({}, writeTodoWorkloads(directory).slice(0, 1))
    else await add({ TODOS_CACHE_SECONDS: '0' }, uncachedWorkloads(database.rows))
    if (database.rows === SIZES.few) await add({}, CACHED_WORKLOADS)
  }

  // Interleaved round by round, so that whatever else the machine does meets all of them. The first one warms up.
  for (let round = 0; round <= plan.rounds; round++) {
    for (const { server, workload, samples } of runners) {
      const result = await load(server.url, workload, plan.roundSeconds)
      if (result.failed > 0) defects.push(`${workload.name}: ${result.failed} requests failed.`)
      if (round > 0) samples.push({ requestsPerSecond: result.answered / result.seconds, p50Ms: result.p50Ms })
    }
  }
  return { figures: runners.map(summarise), missing: databases.missing, defects }
}

const CACHED_WORKLOADS: Workload[] = [
  { ...HELLO, name: HELLO_FIGURE },
  { name: CACHED, path: '/todos', connections: 64 },
]

/** `start` is counted off one by one, and the contract ends it at 10,000. */
function uncachedWorkloads(rows: number): Workload[] {
  const start = Math.min(rows * 0.9, 10_000)
  const cursor = Buffer.from(idOf(rows / 2).replaceAll('-', ''), 'hex').toString('base64url')
  return [
    { name: FIRST_PAGE, path: '/todos', connections: 64 },
    { name: 'by cursor, from the middle', path: `/todos?cursor=${cursor}`, connections: 64 },
    { name: `?start=${start}`, path: `/todos?start=${start}`, connections: 64 },
  ]
}

function summarise({ database, workload, samples }: Runner): TodosFigure {
  return {
    what: workload.name,
    database: database.title,
    rows: database.rows,
    requestsPerSecond: samples.map(({ requestsPerSecond }) => requestsPerSecond),
    p50Ms: median(samples.map(({ p50Ms }) => p50Ms)),
  }
}

interface Asked {
  what: string
  database: string
  rows: number
}

/** Undefined where it was not measured. */
export const figureOf = (figures: TodosFigure[], { what, database, rows }: Asked): TodosFigure | undefined =>
  figures.find((figure) => figure.what === what && figure.database === database && figure.rows === rows)

/** How many times the throughput of another: the median over the rounds of the ratio in each. */
export const times = (figure: TodosFigure, other: TodosFigure): number =>
  median(figure.requestsPerSecond.map((ours, round) => ours / other.requestsPerSecond[round]!))
