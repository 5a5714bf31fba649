import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFolder, readNotes } from '../fixtures/notes-file.ts'
import { notes, openPort } from '../fixtures/test-port.ts'

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
