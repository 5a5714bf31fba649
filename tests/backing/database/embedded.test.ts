import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { creating, defineMigrating, failing, notes, openPort, type Tables, type TestPort } from './test-port.ts'

const TIMEOUT_MS = '300'
const note = { id: 1, text: 'first', written_at: null }

test('the file is made when it is first used, with its folder and the tables of the feature', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'deep', 'data', 'database.sqlite')
  await using port = openPort({ DATA_DIR: join(folder.path, 'deep', 'data') }, [notes])
  const { database: check } = port.checks()
  await check?.()
  const before = existsSync(file)

  const found = await ask(port)

  expect(before).toBe(false)
  expect(found).toEqual([])
  expect(existsSync(file)).toBe(true)
  expect(port.told('migrated')).toHaveLength(1)
  await check?.()
})

test('what no feature uses is not listed, and not asked', async () => {
  using folder = createFolder()
  await using unused = openPort({ DATA_DIR: folder.path }, [defineMigrating('plain')])
  await using used = openPort({ DATA_DIR: folder.path }, [notes])
  await used.checks().database?.()

  expect([unused.checks(), unused.resource()]).toEqual([{}, undefined])
  expect(used.resource()).toEqual({ port: 'database', adapter: 'sqlite' })
  expect(used.registry.getMetricsAsArray()).toEqual([])
})

test.each(['sqlite:', 'sqlite://'])('%s names another file', async (scheme) => {
  using folder = createFolder()
  const file = join(folder.path, 'other.sqlite')
  await using port = openPort({ DATABASE_URL: `${scheme}${file}`, DATA_DIR: join(folder.path, 'data') })

  await ask(port)

  expect(existsSync(file)).toBe(true)
  expect(existsSync(join(folder.path, 'data'))).toBe(false)
})

test('in memory it leaves no file', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:', DATA_DIR: '/dev/null/nowhere' }, [notes])
  await port.checks().database?.()

  expect(await ask(port)).toEqual([])
  expect(port.lines().filter(({ level }) => level === 'warn')).toEqual([])
  expect(existsSync(':memory:')).toBe(false)
})

test('a folder that cannot be made is told at start, and tried again with each request', async () => {
  using folder = createFolder()
  const obstacle = join(folder.path, 'data')
  const file = join(obstacle, 'database.sqlite')
  writeFileSync(obstacle, 'a file where the folder should be')
  await using port = openPort({ DATA_DIR: obstacle }, [notes])
  const { database: check } = port.checks()

  await expect(check?.()).rejects.toMatchObject({ status: 503 })
  await expect(ask(port)).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  await expect(ask(port)).rejects.toMatchObject({ status: 503 })
  await expect(check?.()).rejects.toMatchObject({ status: 503 })
  rmSync(obstacle)
  await ask(port)
  await check?.()

  expect(port.told('the database file cannot be written')).toMatchObject([{ level: 'warn', database: file }])
  expect(port.told('the database fails')).toMatchObject([{ level: 'warn', database: file }])
  expect(port.told('the database answers again')).toHaveLength(1)
})

test('a file that is no database costs 503 until it is put right', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'database.sqlite')
  writeFileSync(file, 'This is no database, but it is long enough to be taken for one. '.repeat(100))
  await using port = openPort({ DATA_DIR: folder.path })

  await expect(ask(port)).rejects.toMatchObject({ status: 503 })
  await expect(ask(port)).rejects.toMatchObject({ status: 503 })
  rmSync(file)
  await ask(port)

  expect(port.told('the database fails')).toMatchObject([{ database: file }])
})

test('a migration that fails is a bug, which the next call meets again', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const broken = defineMigrating('broken', failing)

  await expect(port.lend(broken)).rejects.toThrow('The migration "2026-01-02-fail" of broken failed.')
  await expect(port.lend(broken)).rejects.toThrow('The migration "2026-01-02-fail" of broken failed.')
})

test('a disk that is full during a migration is an outage, not a bug', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const filling = defineMigrating('filling', {
    '2026-01-02-fill': {
      async up(database) {
        await creating('filled').up(database)
        await sql`pragma max_page_count = 1`.execute(database)
        await sql`insert into filled (id) values (zeroblob(1000000))`.execute(database)
      },
    },
  })

  await expect(port.lend(filling)).rejects.toMatchObject({ status: 503 })
  expect(port.told('the database fails')).toMatchObject([{ error: { message: expect.stringContaining('full') } }])
})

test('a write waits while another process writes, and a read does not', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path, DATABASE_TIMEOUT_MS: '10000' })
  await ask(port)
  using other = lock(folder)

  const writing = write(port)
  const read = await ask(port)
  other.release()
  await writing

  expect(read).toEqual([])
  expect(await ask(port)).toEqual([note])
})

test('waiting for another process ends with 503, and meanwhile the service does other things', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path, DATABASE_TIMEOUT_MS: TIMEOUT_MS })
  await ask(port)
  using other = lock(folder)
  let ticks = 0
  const ticking = setInterval(() => ticks++, 5)

  const beginMs = performance.now()
  const refused = await Promise.allSettled(Array.from({ length: 50 }, () => write(port)))
  const tookMs = performance.now() - beginMs
  clearInterval(ticking)
  other.release()
  await write(port)

  expect(refused.filter(({ status }) => status === 'rejected')).toHaveLength(50)
  expect(refused[0]).toMatchObject({ reason: { status: 503, headers: { 'retry-after': '1' } } })
  expect(tookMs).toBeLessThan(2000)
  expect(ticks).toBeGreaterThan(5)
  expect(port.told('the database fails')).toHaveLength(1)
})

test('a transaction that takes too long in this process keeps the others waiting for a limited time', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:', DATABASE_TIMEOUT_MS: TIMEOUT_MS })
  const database = await port.lend<Tables>(notes)

  const begun = await database.startTransaction().execute()
  const refused = await Promise.allSettled([ask(port), write(port), ask(port)])
  await begun.insertInto('notes').values(note).execute()
  await begun.commit().execute()

  expect(refused).toMatchObject(refused.map(() => ({ reason: { status: 503 } })))
  expect(await ask(port)).toEqual([note])
})

test('features do not get into the transactions of others', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path })
  const others = defineMigrating('others', { '01-others': creating('others') })
  const database = await port.lend<Tables>(notes)
  const other = await port.lend<{ others: { id: number } }>(others)

  const begun = await database.startTransaction().execute()
  await begun.insertInto('notes').values(note).execute()
  const writing = other.insertInto('others').values({ id: 1 }).execute()
  await begun.rollback().execute()
  await writing

  expect(await ask(port)).toEqual([])
  expect(await other.selectFrom('others').selectAll().execute()).toEqual([{ id: 1 }])
})

test('what SQLite has no type for is stored as PostgreSQL would take it', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const database = await port.lend<{ notes: { id: number; text: unknown; written_at: unknown } }>(notes)
  const writtenAt = new Date('2026-11-24T01:02:03.004Z')

  await database.insertInto('notes').values({ id: 1, text: true, written_at: writtenAt }).execute()
  await database.insertInto('notes').values({ id: 2, text: 12, written_at: undefined }).execute()

  expect(await database.selectFrom('notes').selectAll().execute()).toEqual([
    { id: 1, text: '1', written_at: '2026-11-24T01:02:03.004Z' },
    { id: 2, text: '12', written_at: null },
  ])
})

test('rows that refer to others keep them from being deleted', async () => {
  const linked = defineMigrating('linked', {
    '01-links': {
      async up(database) {
        await creating('targets').up(database)
        await database.schema.createIndex('target').on('targets').column('id').unique().execute()
        await database.schema
          .createTable('links')
          .addColumn('target', 'integer', (column) => column.references('targets.id'))
          .execute()
      },
    },
  })
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const database = await port.lend<{ links: { target: number } }>(linked)

  await expect(database.insertInto('links').values({ target: 7 }).execute()).rejects.toThrow('FOREIGN KEY')
})

test('any number of different statements can be asked', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const database = await port.lend<Tables>(notes)
  await write(port)

  for (let length = 1; length <= 250; length++) {
    const ids = Array.from({ length }, (_, id) => id + 1)
    expect(await database.selectFrom('notes').selectAll().where('id', 'in', ids).execute()).toEqual([note])
  }
})

test('results are not streamed, since PostgreSQL would need more for it', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const database = await port.lend<Tables>(notes)

  const streamed = database.selectFrom('notes').selectAll().stream().next()

  await expect(streamed).rejects.toThrow('read page by page')
})

test('queries are measured by their outcome', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path, DATABASE_TIMEOUT_MS: '20' })
  await write(port)
  await write(port).catch(() => {})
  using _other = lock(folder)
  await write(port).catch(() => {})

  const text = await port.registry.metrics()

  expect(text).toMatch(/database_query_duration_seconds_count\{outcome="ok"\} \d+/)
  expect(text).toContain('database_query_duration_seconds_count{outcome="unavailable"} 1')
  expect(text).toContain('database_query_duration_seconds_count{outcome="error"} 2')
  expect(text).not.toContain('database_connections')
})

async function ask(port: TestPort) {
  return (await port.lend<Tables>(notes)).selectFrom('notes').selectAll().execute()
}

async function write(port: TestPort) {
  await (await port.lend<Tables>(notes)).insertInto('notes').values(note).execute()
}

/** Another process that writes and takes its time. */
function lock(folder: { path: string }) {
  const other = new DatabaseSync(join(folder.path, 'database.sqlite'))
  other.exec('begin immediate')
  const release = () => other.isOpen && other.close()
  return { release, [Symbol.dispose]: release }
}

function createFolder() {
  const path = mkdtempSync(join(tmpdir(), 'embedded-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
