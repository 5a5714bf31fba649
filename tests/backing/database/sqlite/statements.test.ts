import { expect, test } from 'vitest'
import { note, writeNote } from '../fixtures/notes-file.ts'
import { notes, openPort, type Tables } from '../fixtures/test-port.ts'

test('values that SQLite has no type for are stored as PostgreSQL would store them', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const database = await port.open<{ notes: { id: number; text: unknown; written_at: unknown } }>(notes)
  const writtenAt = new Date('2026-11-24T01:02:03.004Z')

  await database.insertInto('notes').values({ id: 1, text: true, written_at: writtenAt }).execute()
  await database.insertInto('notes').values({ id: 2, text: 12, written_at: undefined }).execute()

  expect(await database.selectFrom('notes').selectAll().execute()).toEqual([
    { id: 1, text: '1', written_at: '2026-11-24T01:02:03.004Z' },
    { id: 2, text: '12', written_at: null },
  ])
})

test('there is no limit to the number of different statements', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const database = await port.open<Tables>(notes)
  await writeNote(port)

  for (let length = 1; length <= 250; length++) {
    const ids = Array.from({ length }, (_, id) => id + 1)
    expect(await database.selectFrom('notes').selectAll().where('id', 'in', ids).execute()).toEqual([note])
  }
})
