// The databases for the measurements of todos, each with many rows: embedded, and bound together with Redis.

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { openPostgres } from 'private-servers/postgres'
import { openRedis } from 'private-servers/redis'
import { migrate } from '../../server-process.ts'
import { fillPostgres, fillSqlite } from './rows.ts'

export interface FilledDatabase {
  title: string
  rows: number
  env: NodeJS.ProcessEnv
}

export interface Databases extends AsyncDisposable {
  filled: FilledDatabase[]
  /** What could not be measured, and why. */
  missing: string[]
}

/** The empty one is for writes, so that the others keep their size. */
export const SIZES = { none: 0, few: 10_000, many: 1_000_000 }

export async function openDatabases(directory: string): Promise<Databases> {
  const servers = new AsyncDisposableStack()
  const filled = Object.values(SIZES).map((rows) => openEmbedded(directory, rows))
  const missing: string[] = []
  try {
    filled.push(...(await openBound(directory, servers)))
  } catch (error) {
    missing.push((error as Error).message)
  }
  return { filled, missing, [Symbol.asyncDispose]: () => servers.disposeAsync() }
}

function openEmbedded(directory: string, rows: number): FilledDatabase {
  const file = join(mkdtempSync(join(directory, 'sqlite-')), 'database.sqlite')
  const env = { DATABASE_URL: `sqlite:${file}` }
  migrate(directory, env)
  fillSqlite(file, rows)
  return { title: 'SQLite', rows, env }
}

async function openBound(directory: string, opened: AsyncDisposableStack): Promise<FilledDatabase[]> {
  const postgres = opened.use(await openPostgres())
  const redis = opened.use(await openRedis())
  const filled: FilledDatabase[] = []
  for (const rows of Object.values(SIZES)) {
    const name = `todos_${rows}`
    const env = { DATABASE_URL: await postgres.createDatabase(name), REDIS_URL: redis.url, KEY_PREFIX: name }
    migrate(directory, env)
    await fillPostgres(postgres, name, rows)
    filled.push({ title: 'PostgreSQL and Redis', rows, env })
  }
  return filled
}
