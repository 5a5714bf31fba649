// What a page of todos costs: from the cache, from the database by its index, and by counting off, on either database,
// and whether that grows with the table.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench } from '../../feature-benchmark.ts'
import { load } from '../../load/load.ts'
import type { Workload } from '../../load/workload.ts'
import { SERVICE, type ServerProcess, startWarm } from '../../server-process.ts'
import { median } from '../../statistics.ts'
import { type FilledDatabase, openDatabases, SIZES } from './databases.ts'
import { idOf } from './rows.ts'

export interface TodosFigure {
  /** The request, as `first page, cached`. */
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

export const BASELINE = 'the cheapest GET'
export const CACHED = 'first page, cached'
export const FIRST_PAGE = 'first page, not cached'

interface Runner {
  database: FilledDatabase
  server: ServerProcess
  workload: Workload
  samples: { requestsPerSecond: number; p50Ms: number }[]
}

export async function measureTodos({ plan, directory, baseline }: Bench): Promise<TodosResult> {
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
    if (database.rows === SIZES.none) await add({}, todoWorkloads(directory).slice(0, 1))
    else await add({ TODOS_CACHE_SECONDS: '0' }, uncachedWorkloads(database.rows))
    if (database.rows === SIZES.few) await add({}, [{ ...baseline, name: BASELINE }, CACHED_PAGE])
  }

  // Interleaved round by round, so that other load on the machine affects all of them alike. The first one warms up.
  for (let round = 0; round <= plan.rounds; round++) {
    for (const { server, workload, samples } of runners) {
      const result = await load(server.url, workload, plan.roundSeconds)
      if (result.failed > 0) defects.push(`${workload.name}: ${result.failed} requests failed.`)
      if (round > 0) samples.push({ requestsPerSecond: result.answered / result.seconds, p50Ms: result.p50Ms })
    }
  }
  return { figures: runners.map(summarise), missing: databases.missing, defects }
}

const CACHED_PAGE: Workload = { name: CACHED, path: '/todos', connections: 64 }

/** Writes and reads by turns, so that the list is also built anew. */
export function todoWorkloads(directory: string): Workload[] {
  const bodyFile = join(directory, 'todo.json')
  writeFileSync(bodyFile, JSON.stringify({ content: 'something to do, and the number of it: 1' }))
  const write = { name: 'one more todo', path: '/todos', connections: 64, bodyFile }
  const read = { name: 'todos', path: '/todos', connections: 64 }
  return [write, read, { ...write, connections: 8 }, { ...read, path: '/todos?limit=100' }]
}

/** Rows before `start` are counted off one by one; the contract limits it to 10,000. */
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

interface FigureKey {
  what: string
  database: string
  rows: number
}

/** Undefined where it was not measured. */
export const figureOf = (figures: TodosFigure[], { what, database, rows }: FigureKey): TodosFigure | undefined =>
  figures.find((figure) => figure.what === what && figure.database === database && figure.rows === rows)

/** The throughput divided by that of another: the median of the ratios in each round. */
export const times = (figure: TodosFigure, other: TodosFigure): number =>
  median(figure.requestsPerSecond.map((ours, round) => ours / other.requestsPerSecond[round]!))
