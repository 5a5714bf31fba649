// What every database does for a feature. The same tests run against both adapters; one that does not apply to an
// adapter is skipped, with the reason.

import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { notApplicable } from 'private-servers/requirements'
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
  name: AdapterName
  /** What stands between the service and the database. */
  behind?: string
  /** Whether this machine lacks the database. */
  missing: boolean
  /** The environment that leads to an empty database of its own. */
  open(): Promise<{ env: Record<string, string> } & AsyncDisposable>
}

type AdapterName = 'SQLite' | 'PostgreSQL'
type Env = Record<string, string>

/** Why a behaviour does not apply to one of the adapters. */
type Exceptions = Partial<Record<AdapterName, string>>

export function testConformance({ name, behind, missing, open }: Adapter) {
  const conforming = (behaviour: string, check: (env: Env) => Promise<void>, except: Exceptions = {}) =>
    test(`${name}${behind ? ` behind ${behind}` : ''}: ${behaviour}`, async ({ skip }) => {
      skip(missing, `${behind ?? name} is missing on this machine`)
      if (except[name]) skip(notApplicable(except[name]))
      await using database = await open()
      await check(database.env)
    })

  /** @param check begins when the tables of `notes` are there */
  const inDatabase = (behaviour: string, check: (port: TestPort, env: Env) => Promise<void>, except?: Exceptions) =>
    conforming(
      behaviour,
      async (env) => {
        await using port = openPort(env)
        await port.migrate([notes])
        await check(port, env)
      },
      except,
    )

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

  inDatabase('texts and times are returned as they were written, and counts are numbers', async (port) => {
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

  inDatabase('a reference to a row that does not exist is refused', async (port) => {
    const linked = defineMigrating('linked', { '01-links': creatingLinks })
    await port.migrate([linked])
    const database = await port.open<{ links: { target: number } }>(linked)

    await expect(database.insertInto('links').values({ target: 7 }).execute()).rejects.toThrow(/foreign key/i)
  })

  inDatabase('results are not streamed, and the error says what to do instead', async (port) => {
    const database = await port.open<Tables>(notes)

    const streamed = database.selectFrom('notes').selectAll().stream().next()

    await expect(streamed).rejects.toThrow('read page by page')
  })

  inDatabase('one statement inserts thousands of rows', async (port) => {
    const database = await port.open<Tables>(notes)
    const rows = Array.from({ length: 5000 }, (_, id) => note(id))

    await database.insertInto('notes').values(rows).execute()

    expect(await database.selectFrom('notes').selectAll().orderBy('id').execute()).toEqual(rows)
  })

  inDatabase('an error in a query is thrown unchanged: it is not an outage', async (port) => {
    const database = await port.open<Tables & { nowhere: { id: number } }>(notes)
    await database.insertInto('notes').values(note(1, 'taken')).execute()

    const duplicate = () => database.insertInto('notes').values(note(2, 'taken')).execute()
    const unknown = () => database.selectFrom('nowhere').selectAll().execute()

    await expect(duplicate()).rejects.toThrow(/unique/i)
    await expect(duplicate()).rejects.not.toMatchObject({ name: 'Problem' })
    await expect(unknown()).rejects.toThrow(/nowhere/)
    expect(port.logged('the database fails')).toEqual([])
  })

  inDatabase('a transaction is committed or rolled back as a whole', async (port) => {
    const database = await port.open<Tables>(notes)

    await database.transaction().execute(async (transaction) => {
      await transaction.insertInto('notes').values(note(1)).execute()
      await transaction.insertInto('notes').values(note(2)).execute()
    })
    const rolledBack = database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('notes').execute()
      throw new Error('changed my mind')
    })

    await expect(rolledBack).rejects.toThrow('changed my mind')
    expect(await database.selectFrom('notes').selectAll().orderBy('id').execute()).toEqual([note(1), note(2)])
  })

  inDatabase('a part of a transaction can be rolled back to a savepoint', async (port) => {
    const database = await port.open<Tables>(notes)

    const begun = await database.startTransaction().execute()
    await begun.insertInto('notes').values(note(1)).execute()
    const saved = await begun.savepoint('before').execute()
    await saved.insertInto('notes').values(note(2)).execute()
    await saved.rollbackToSavepoint('before').execute()
    await begun.commit().execute()

    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([note(1)])
  })

  inDatabase(
    'a transaction in which a statement failed cannot be committed',
    async (port) => {
      const database = await port.open<Tables & { nowhere: object }>(notes)

      const committed = database.transaction().execute(async (transaction) => {
        await transaction.insertInto('notes').values(note(1)).execute()
        const failing = transaction.selectFrom('nowhere').selectAll().execute()
        await failing.catch(() => {})
      })

      await expect(committed).rejects.toThrow('The transaction was rolled back')
      expect(await database.selectFrom('notes').selectAll().execute()).toEqual([])
    },
    { SQLite: 'a failed statement leaves the rest of the transaction as it is' },
  )

  inDatabase(
    'a transaction has the requested isolation level and access mode',
    async (port) => {
      const database = await port.open<Tables>(notes)
      const transaction = database.transaction().setIsolationLevel('serializable').setAccessMode('read only')

      const shown = await transaction.execute(async (begun) => [
        ...(await sql`show transaction_isolation`.execute(begun)).rows,
        ...(await sql`show transaction_read_only`.execute(begun)).rows,
      ])

      expect(shown).toEqual([{ transaction_isolation: 'serializable' }, { transaction_read_only: 'on' }])
    },
    { SQLite: 'every transaction is serializable and may write' },
  )

  inDatabase('a query outside a transaction is not part of it, and does not see it before it ends', async (port) => {
    const database = await port.open<Tables>(notes)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()

    const rolledBack = database.transaction().execute(async (transaction) => {
      await transaction.insertInto('notes').values(note(1)).execute()
      begin()
      await ended
      throw new Error('rolled back')
    })
    await begun
    const outside = database.insertInto('notes').values(note(2)).execute()
    end()
    await expect(rolledBack).rejects.toThrow('rolled back')
    await outside

    expect(await database.selectFrom('notes').selectAll().execute()).toEqual([note(2)])
  })

  inDatabase('concurrent transactions of two instances that read and then write lose no update', async (port, env) => {
    await using other = openPort(env)
    const databases = [await port.open<Tables>(notes), await other.open<Tables>(notes)]
    await databases[0]!.insertInto('notes').values(note(0, '0')).execute()
    const increment = (database: Kysely<Tables>) =>
      database.transaction().execute(async (transaction) => {
        const found = transaction.selectFrom('notes').selectAll().where('id', '=', 0)
        // SQLite has no row locks; a transaction holds the lock of the whole database from its beginning.
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

  conforming('what was written is there after reopening', async (env) => {
    {
      await using first = openPort(env)
      await first.migrate([notes])
      await (await first.open<Tables>(notes)).insertInto('notes').values(note(1, 'kept')).execute()
    }

    await using second = openPort(env)
    const reopened = await second.open<Tables>(notes)

    expect(await reopened.selectFrom('notes').selectAll().execute()).toEqual([note(1, 'kept')])
  })

  conforming(
    'the first query of a feature migrates its tables',
    async (env) => {
      await using port = openPort(env)
      const database = await port.open<Tables>(notes)

      expect(await database.selectFrom('notes').selectAll().execute()).toEqual([])
      expect(port.logged('migrated')).toMatchObject([{ feature: 'notes' }])
    },
    { PostgreSQL: 'a process of its own migrates it, and queries are refused until then' },
  )

  inDatabase('migrations are applied once, and logged', async (port, env) => {
    await using again = openPort(env)
    await again.migrate([notes, defineMigrating('plain')])

    expect(port.logged('migrated')).toMatchObject([{ feature: 'notes', migration: '2026-01-01-create-notes' }])
    expect(again.logged('migrated')).toEqual([])
    expect(again.logged('there is nothing to migrate')).toMatchObject([{ feature: 'notes' }])
  })

  inDatabase('each feature has its own history, and features may be added in any order', async (port) => {
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
    'of two releases that migrate at the same time, the older one accepts the migrations of the newer one',
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
      await until(() => other.logged('migrating').length > 0, {
        deadlineMs: 60_000,
        otherwise: () => 'The other release does not begin.',
      })
      release()
      await Promise.all([newer, older])

      const applied = port.logged('migrated').filter(({ feature }) => feature === 'raced')
      expect([applied.length, other.logged('migrated')]).toEqual([2, []])
    },
  )

  inDatabase('the error names a migration that fails, and nothing of it remains', async (port, env) => {
    const broken = defineMigrating('broken', { '2026-01-01-fine': creating('fine'), ...failing })

    const migrated = port.migrate([broken])

    await expect(migrated).rejects.toThrow('The migration "2026-01-02-fail" of broken failed.')
    await using other = openPort(env)
    // These would fail if the tables of the first attempt had remained.
    await other.migrate([
      defineMigrating('broken', { '2026-01-01-fine': creating('fine'), '2026-01-02-half': creating('half') }),
    ])
    expect(other.logged('migrated')).toHaveLength(2)
  })

  inDatabase('a database that a newer release has migrated can be used, and migrated further', async (port, env) => {
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

  conforming('processes that migrate at the same time apply each migration once', async (env) => {
    const results = await Promise.all(Array.from({ length: 4 }, () => runScript('migrator.ts', ['3'], env)))

    expect(results).toEqual(results.map(() => ({ code: 0, stderr: '' })))
    await using port = openPort(env)
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

const creatingLinks: Migration = {
  async up(database) {
    await creating('targets').up(database)
    await database.schema.createIndex('target').on('targets').column('id').unique().execute()
    await database.schema
      .createTable('links')
      .addColumn('target', 'integer', (column) => column.references('targets.id'))
      .execute()
  },
}

const note = (id: number, text = `note ${id}`) => ({ id, text, written_at: null })
