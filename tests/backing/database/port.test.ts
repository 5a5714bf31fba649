import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Feature } from '../../../src/ports/feature.ts'
import { createTestApp } from '../../app.ts'
import { createFolder, note, readNotes } from './fixtures/notes-file.ts'
import { defineMigrating, notes, openPort, type Tables } from './fixtures/test-port.ts'

test('a database that no feature uses is neither listed nor checked', async () => {
  using folder = createFolder()
  await using unused = openPort({ DATA_DIR: folder.path }, [defineMigrating('plain')])
  await using used = openPort({ DATA_DIR: folder.path }, [notes])
  await used.checks().database?.()

  expect([unused.checks(), unused.resource()]).toEqual([{}, undefined])
  expect(used.resource()).toEqual({ port: 'database', adapter: 'sqlite' })
  expect(used.registry.getMetricsAsArray()).toEqual([])
})

test('a feature without migrations uses the database from its first query', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })

  await port.open(defineMigrating('plain'))

  expect(port.resource()).toEqual({ port: 'database', adapter: 'sqlite', name: 'DATABASE_URL' })
  expect(Object.keys(port.checks())).toEqual(['database'])
})

test.each(['sqlite:', 'sqlite://'])('%s names another file', async (scheme) => {
  using folder = createFolder()
  const file = join(folder.path, 'other.sqlite')
  await using port = openPort({ DATABASE_URL: `${scheme}${file}`, DATA_DIR: join(folder.path, 'data') })

  await readNotes(port)

  expect(existsSync(file)).toBe(true)
  expect(existsSync(join(folder.path, 'data'))).toBe(false)
})

test('a feature has one database, however often and from wherever it is opened', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })

  const opened = await Promise.all([port.open(notes), port.open(notes), port.forFeature({ ...notes })()])

  expect(new Set(opened).size).toBe(1)
  expect(port.logged('migrated')).toHaveLength(1)
})

test('a test reaches the database of a feature through the app, on the connection that the feature has', async () => {
  const { feature, opened } = createListing()
  const app = await createTestApp({ features: [feature] })
  const database = await app.database<Tables>(feature)

  await database.insertInto('notes').values(note).execute()
  await sql`create temporary table of_this_connection (id integer)`.execute(database)

  expect(await (await opened()).selectFrom('notes').selectAll().execute()).toEqual([note])
  expect((await sql`select * from of_this_connection`.execute(await opened())).rows).toEqual([])
})

/** A feature that hands out its database. */
function createListing() {
  let open: Parameters<Feature['start']>[0]['database'] | undefined
  const feature: Feature = {
    ...notes,
    start(host) {
      open = host.database
      return {}
    },
  }
  return { feature, opened: () => open!<Tables>() }
}
