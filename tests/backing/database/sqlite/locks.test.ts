import { expect, test } from 'vitest'
import { createFolder, lock, note, readNotes, writeNote } from '../fixtures/notes-file.ts'
import { creating, defineMigrating, notes, openPort, type Tables } from '../fixtures/test-port.ts'

test('a write waits while another process writes, and a read does not', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path })
  await readNotes(port)
  using other = lock(folder)

  const writing = writeNote(port)
  const read = await readNotes(port)
  other.release()
  await writing

  expect(read).toEqual([])
  expect(await readNotes(port)).toEqual([note])
})

test('while many writes wait for another process, the event loop runs on', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path })
  await readNotes(port)
  using other = lock(folder)
  let settled = 0
  const writing = Array.from({ length: 50 }, () => writeNote(port).finally(() => settled++))

  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 5))
  const settledMeanwhile = settled
  other.release()
  const outcomes = await Promise.allSettled(writing)

  expect(settledMeanwhile).toBe(0)
  // All write the same note, so one wins.
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('waiting for another process ends with 503 at the time limit', async () => {
  using folder = createFolder()
  await using hasty = openPort({ DATA_DIR: folder.path, DATABASE_TIMEOUT_MS: '100' })
  await using patient = openPort({ DATA_DIR: folder.path })
  await readNotes(hasty)
  await readNotes(patient)
  using other = lock(folder)
  const waiting = writeNote(patient)

  const refused = await Promise.allSettled(Array.from({ length: 50 }, () => writeNote(hasty)))
  other.release()
  await waiting

  const unavailable = { reason: { status: 503, headers: { 'retry-after': '1' } } }
  expect(refused).toMatchObject(refused.map(() => unavailable))
  expect(hasty.logged('the database fails')).toHaveLength(1)
  expect(patient.logged('the database fails')).toEqual([])
  expect(await readNotes(hasty)).toEqual([note])
})

test('queries wait for a transaction of the same process until the time limit, and for no longer', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:', DATABASE_TIMEOUT_MS: '100' })
  const database = await port.open<Tables>(notes)

  const begun = await database.startTransaction().execute()
  const refused = await Promise.allSettled([readNotes(port), writeNote(port), readNotes(port)])
  await begun.insertInto('notes').values(note).execute()
  await begun.commit().execute()

  expect(refused).toMatchObject(refused.map(() => ({ reason: { status: 503 } })))
  expect(await readNotes(port)).toEqual([note])
})

test('features do not get into the transactions of others', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path })
  const others = defineMigrating('others', { '01-others': creating('others') })
  const database = await port.open<Tables>(notes)
  const other = await port.open<{ others: { id: number } }>(others)

  const begun = await database.startTransaction().execute()
  await begun.insertInto('notes').values(note).execute()
  const writing = other.insertInto('others').values({ id: 1 }).execute()
  await begun.rollback().execute()
  await writing

  expect(await readNotes(port)).toEqual([])
  expect(await other.selectFrom('others').selectAll().execute()).toEqual([{ id: 1 }])
})
