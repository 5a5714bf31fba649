// What a database does for a feature, whichever it is. The same tests run against both adapters.

import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import {
  creating,
  defineMigrating,
  failing,
  notes,
  openPort,
  type Tables,
  type TestPort,
} from '../../tests/backing/database/fixtures/test-port.ts'
import { runScript } from './fixtures/run-script.ts'

export interface Adapter {
  name: string
  missing: boolean
  /** The environment that leads to a database of its own, which is empty. */
  open(): Promise<{ env: Record<string, string> } & AsyncDisposable>
}

export function testConformance({ name, missing, open }: Adapter) {
  const inDatabase = (behaviour: string, check: (port: TestPort, env: Record<string, string>) => Promise<void>) =>
    test.skipIf(missing)(`${name}: ${behaviour}`, async () => {
      await using database = await open()
      await using port = openPort(database.env)
      await port.migrate([notes])
      await check(port, database.env)
    })

  inDatabase('what is written is returned, changed, counted and deleted', async (port) => {
    const database = await port.open<Tables>(notes)

    const written = await database.insertInto('notes').values(note(1, 'first')).returningAll().execute()
    const plain = await database
      .insertInto('notes')
      .values([note(2), note(3)])
      .executeTakeFirst()
    const changed = await database.updateTable('notes').set({ text: 'new' }).where('id', '=', 1).executeTakeFirst()
    const deleted = await database.deleteFrom('notes').where('id', '>', 1).executeTakeFirst()
    const none = await database.deleteFrom('notes').where('id', '=', 7).executeTakeFirst()

    expect(written).toEqual([note(1, 'first')])
    expect(Object.getPrototypeOf(written[0])).toBe(Object.prototype)
    expect(plain.numInsertedOrUpdatedRows).toBe(2n)
    expect(changed.numUpdatedRows).toBe(1n)
    expect([deleted.numDeletedRows, none.numDeletedRows]).toEqual([2n, 0n])
    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([note(1, 'new')])
  })

  inDatabase('texts and times come back as they were written, and counts are numbers', async (port) => {
    const database = await port.open<Tables>(notes)
    const texts = [
      '',
      'Ünïcødé 日本語 🏳️‍🌈',
      'e\u0301 is not \u00e9',
      `'; drop table notes; --`,
      '\n\t\\"',
      'x'.repeat(100_000),
    ]
    const rows = texts.map((text, id) => ({ id, text, written_at: `2026-01-0${id + 1}T03:04:05.06${id}Z` }))

    await database.insertInto('notes').values(rows).execute()
    const found = await database.selectFrom('notes').selectAll().orderBy('written_at').execute()
    const { count } = await database
      .selectFrom('notes')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()

    expect(found).toEqual(rows)
    expect(count).toBe(texts.length)
  })

  inDatabase('thousands of rows go in by one statement', async (port) => {
    const database = await port.open<Tables>(notes)
    const rows = Array.from({ length: 5000 }, (_, id) => note(id))

    await database.insertInto('notes').values(rows).execute()

    expect(await database.selectFrom('notes').selectAll().orderBy('id').execute()).toEqual(rows)
  })

  inDatabase('what is wrong with a query is thrown as it is: no outage', async (port) => {
    const database = await port.open<Tables & { nowhere: { id: number } }>(notes)
    await database.insertInto('notes').values(note(1, 'taken')).execute()

    const duplicate = () => database.insertInto('notes').values(note(2, 'taken')).execute()
    const unknown = () => database.selectFrom('nowhere').selectAll().execute()

    await expect(duplicate()).rejects.toThrow(/unique/i)
    await expect(duplicate()).rejects.not.toMatchObject({ name: 'Problem' })
    await expect(unknown()).rejects.toThrow(/nowhere/)
    expect(port.logged('the database fails')).toEqual([])
  })

  inDatabase('a transaction is kept whole, or undone whole', async (port) => {
    const database = await port.open<Tables>(notes)

    await database.transaction().execute(async (transaction) => {
      await transaction.insertInto('notes').values(note(1)).execute()
      await transaction.insertInto('notes').values(note(2)).execute()
    })
    const undone = database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('notes').execute()
      throw new Error('changed my mind')
    })

    await expect(undone).rejects.toThrow('changed my mind')
    expect(await database.selectFrom('notes').selectAll().orderBy('id').execute()).toEqual([note(1), note(2)])
  })

  inDatabase('a part of a transaction may be undone by its savepoint', async (port) => {
    const database = await port.open<Tables>(notes)

    const begun = await database.startTransaction().execute()
    await begun.insertInto('notes').values(note(1)).execute()
    const saved = await begun.savepoint('before').execute()
    await saved.insertInto('notes').values(note(2)).execute()
    await saved.rollbackToSavepoint('before').execute()
    await begun.commit().execute()

    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([note(1)])
  })

  inDatabase('others see nothing of a transaction before it ends, and are not drawn into it', async (port) => {
    const database = await port.open<Tables>(notes)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()

    const undone = database.transaction().execute(async (transaction) => {
      await transaction.insertInto('notes').values(note(1)).execute()
      begin()
      await ended
      throw new Error('undone')
    })
    await begun
    const outside = database.insertInto('notes').values(note(2)).execute()
    end()
    await expect(undone).rejects.toThrow('undone')
    await outside

    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([note(2)])
  })

  inDatabase('many transactions of two instances that read before they write lose no change', async (port, env) => {
    await using other = openPort(env)
    const databases = [await port.open<Tables>(notes), await other.open<Tables>(notes)]
    await databases[0]!.insertInto('notes').values(note(0, '0')).execute()
    const increment = (database: Kysely<Tables>) =>
      database.transaction().execute(async (transaction) => {
        const found = transaction.selectFrom('notes').selectAll().where('id', '=', 0)
        // SQLite knows no locks of rows: there is one of all, which a transaction has from its beginning.
        const { text } = await (name === 'PostgreSQL' ? found.forUpdate() : found).executeTakeFirstOrThrow()
        await transaction
          .updateTable('notes')
          .set({ text: String(Number(text) + 1) })
          .execute()
      })

    await Promise.all(Array.from({ length: 40 }, (_, each) => increment(databases[each % 2]!)))

    expect(await databases[0]!.selectFrom('notes').select('text').execute()).toEqual([{ text: '40' }])
  })

  inDatabase('several processes write at once', async (_port, env) => {
    const writers = await Promise.all(
      [1, 2, 3, 4].map((writer) => runScript('writer.ts', [String(writer), '200'], env)),
    )

    await using port = openPort(env)
    const database = await port.open<Tables>(notes)
    const rows = await database.selectFrom('notes').select('id').execute()

    expect(writers).toEqual([1, 2, 3, 4].map(() => ({ code: 0, stderr: '' })))
    expect(rows).toHaveLength(800)
  })

  test.skipIf(missing)(`${name}: what was written is there after reopening`, async () => {
    await using database = await open()
    {
      await using first = openPort(database.env)
      await first.migrate([notes])
      await (await first.open<Tables>(notes)).insertInto('notes').values(note(1, 'kept')).execute()
    }

    await using second = openPort(database.env)
    const reopened = await second.open<Tables>(notes)

    expect(await reopened.selectFrom('notes').selectAll().execute()).toEqual([note(1, 'kept')])
  })

  inDatabase('migrations are made once, and told', async (port, env) => {
    await using again = openPort(env)
    await again.migrate([notes, defineMigrating('plain')])

    expect(port.logged('migrated')).toMatchObject([{ feature: 'notes', migration: '2026-01-01-create-notes' }])
    expect(again.logged('migrated')).toEqual([])
    expect(again.logged('there is nothing to migrate')).toMatchObject([{ feature: 'notes' }])
  })

  inDatabase('features have histories of their own, and come in any order', async (port) => {
    const older = defineMigrating('key-older', { '2025-01-01-older': creating('older') })
    const between = defineMigrating('notes', {
      ...notes.migrations,
      '2025-06-01-merged-later': creating('merged_later'),
    })

    await port.migrate([older, between])

    expect(port.logged('migrated').map(({ migration }) => migration)).toEqual([
      '2026-01-01-create-notes',
      '2025-01-01-older',
      '2025-06-01-merged-later',
    ])
  })

  inDatabase(
    'of two releases that migrate at once, the older one is content with what the newer has made',
    async (port, env) => {
      await using other = openPort(env)
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const first: Migration = {
        async up(database) {
          begin()
          await held
          await creating('first').up(database)
        },
      }
      const newer = port.migrate([defineMigrating('raced', { '01-first': first, '02-second': creating('second') })])
      await begun

      const older = other.migrate([defineMigrating('raced', { '01-first': creating('first') })])
      await until(() => other.logged('migrating').length > 0, { deadlineMs: 10_000, otherwise: () => 'Nobody waits.' })
      release()
      await Promise.all([newer, older])

      const made = port.logged('migrated').filter(({ feature }) => feature === 'raced')
      expect([made.length, other.logged('migrated')]).toEqual([2, []])
    },
  )

  inDatabase('a migration that fails is named, and leaves nothing behind', async (port, env) => {
    const broken = defineMigrating('broken', { '2026-01-01-fine': creating('fine'), ...failing })

    const migrated = port.migrate([broken])

    await expect(migrated).rejects.toThrow('The migration "2026-01-02-fail" of broken failed.')
    await using other = openPort(env)
    // The second would fail by the tables of the first, had it left them.
    await other.migrate([
      defineMigrating('broken', { '2026-01-01-fine': creating('fine'), '2026-01-02-half': creating('half') }),
    ])
    expect(other.logged('migrated')).toHaveLength(2)
  })

  inDatabase('a database that a newer release has migrated is served, and migrated further', async (port, env) => {
    await using newer = openPort(env)
    await newer.migrate([defineMigrating('notes', { ...notes.migrations, '2027-01-01-newer': creating('newer') })])
    await using older = openPort(env)
    const own = defineMigrating('notes', { ...notes.migrations, '2026-06-01-own': creating('own') })

    await port.migrate([notes])
    await older.migrate([own])
    const database = await older.open<Tables>(own)

    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([])
    expect(older.logged('migrated')).toMatchObject([{ migration: '2026-06-01-own' }])
  })

  test.skipIf(missing)(`${name}: processes that migrate at the same time make each migration once`, async () => {
    await using database = await open()

    const results = await Promise.all(Array.from({ length: 4 }, () => runScript('migrator.ts', ['3'], database.env)))

    expect(results).toEqual(results.map(() => ({ code: 0, stderr: '' })))
    await using port = openPort(database.env)
    const found = await (await port.open<Migrated>(defineMigrating('reader')))
      .selectFrom('many_migrations')
      .selectAll()
      .execute()
    expect(found).toHaveLength(3)
  })
}

interface Migrated {
  many_migrations: { name: string }
}

const note = (id: number, text = `note ${id}`) => ({ id, text, written_at: null })
