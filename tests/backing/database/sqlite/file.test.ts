import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFolder, note, readNotes, writeNote } from '../fixtures/notes-file.ts'
import { creating, defineMigrating, notes, openPort, type Tables } from '../fixtures/test-port.ts'

test('the file is created when it is first used, with its folder and the tables of the feature', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'deep', 'data', 'database.sqlite')
  await using port = openPort({ DATA_DIR: join(folder.path, 'deep', 'data') }, [notes])
  const { database: check } = port.checks()
  await check?.()
  const before = existsSync(file)

  const found = await readNotes(port)

  expect(before).toBe(false)
  expect(found).toEqual([])
  expect(existsSync(file)).toBe(true)
  expect(port.logged('migrated')).toHaveLength(1)
  await check?.()
})

test('a database in memory leaves no file', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:', DATA_DIR: '/dev/null/nowhere' }, [notes])
  await port.checks().database?.()

  expect(await readNotes(port)).toEqual([])
  expect(port.lines().filter(({ level }) => level === 'warn')).toEqual([])
  expect(existsSync(':memory:')).toBe(false)
})

test('a folder that cannot be created is logged at start, and each request tries again', async () => {
  using folder = createFolder()
  const obstacle = join(folder.path, 'data')
  const file = join(obstacle, 'database.sqlite')
  writeFileSync(obstacle, 'a file where the folder should be')
  await using port = openPort({ DATA_DIR: obstacle }, [notes])
  const { database: check } = port.checks()

  await expect(check?.()).rejects.toMatchObject({ status: 503 })
  await expect(readNotes(port)).rejects.toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  await expect(readNotes(port)).rejects.toMatchObject({ status: 503 })
  await expect(check?.()).rejects.toMatchObject({ status: 503 })
  rmSync(obstacle)
  await readNotes(port)
  await check?.()

  expect(port.logged('the database file cannot be written')).toMatchObject([{ level: 'warn', database: file }])
  expect(port.logged('the database fails')).toMatchObject([{ level: 'warn', database: file }])
  expect(port.logged('the database answers again')).toHaveLength(1)
})

test('a file that is not a database costs 503 until it is replaced, and readiness says so', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'database.sqlite')
  writeFileSync(file, 'This is not a database, but it is long enough to be taken for one. '.repeat(100))
  await using port = openPort({ DATA_DIR: folder.path }, [notes])
  const { database: check } = port.checks()

  await expect(readNotes(port)).rejects.toMatchObject({ status: 503 })
  await expect(readNotes(port)).rejects.toMatchObject({ status: 503 })
  await expect(check?.()).rejects.toMatchObject({ status: 503 })
  rmSync(file)
  await readNotes(port)
  await check?.()

  expect(port.logged('the database fails')).toMatchObject([{ database: file }])
})

test('a full disk makes the service not ready until there is room, and is logged once', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'database.sqlite')
  await using port = openPort({ DATA_DIR: folder.path }, [notes])
  const { database: check } = port.checks()
  const checkOnFullDisk = async () => {
    symlinkSync('/dev/full', `${file}-probe`)
    await check?.()
  }
  const refusal = {
    status: 503,
    message: "The database can't be written (ENOSPC).",
  }

  await expect(checkOnFullDisk()).rejects.toMatchObject(refusal)
  expect(await readNotes(port)).toEqual([])
  await expect(checkOnFullDisk()).rejects.toMatchObject(refusal)
  await check?.()

  expect(port.logged('the disk of the database fails')).toHaveLength(1)
  expect(port.logged('the disk of the database answers again')).toHaveLength(1)
  expect(existsSync(`${file}-probe`)).toBe(false)
})

test('after the file was deleted, one query is refused and the next one uses a new file', async () => {
  using folder = createFolder()
  const file = join(folder.path, 'database.sqlite')
  await using port = openPort({ DATA_DIR: folder.path }, [notes])
  await writeNote(port)

  rmSync(file)
  await expect(writeNote(port)).rejects.toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    message: "The database can't be used, because its file was deleted or replaced.",
  })
  await writeNote(port)

  expect(existsSync(file)).toBe(true)
  expect(port.logged('migrated')).toHaveLength(2)
  expect(port.logged('the database fails')).toHaveLength(1)
})

test('after the file was replaced, readiness reports it once, and all features use the other file', async () => {
  using folder = createFolder()
  using backup = createFolder()
  const others = defineMigrating('others', { '01-others': creating('others') })
  await using source = openPort({ DATA_DIR: backup.path })
  await writeNote(source)
  await source.open(others)
  await source.close()
  await using port = openPort({ DATA_DIR: folder.path }, [notes, others])
  const { database: check } = port.checks()
  const readOthers = async () =>
    (await port.open<{ others: object }>(others)).selectFrom('others').selectAll().execute()
  await readNotes(port)
  await readOthers()

  renameSync(join(backup.path, 'database.sqlite'), join(folder.path, 'database.sqlite'))
  await expect(check?.()).rejects.toMatchObject({ status: 503, message: /was deleted or replaced/ })
  await check?.()

  expect(await readNotes(port)).toEqual([note])
  expect(await readOthers()).toEqual([])
})

test('a transaction that is open while the file is deleted fails', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path }, [notes])
  const database = await port.open<Tables>(notes)
  const begun = await database.startTransaction().execute()
  await begun.insertInto('notes').values(note).execute()

  rmSync(join(folder.path, 'database.sqlite'))
  await expect(readNotes(port)).rejects.toMatchObject({ status: 503 })

  await expect(begun.commit().execute()).rejects.toMatchObject({ status: 503 })
  expect(await readNotes(port)).toEqual([])
})
