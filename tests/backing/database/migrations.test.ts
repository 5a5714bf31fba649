import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { creating, defineMigrating, failing, openPort } from './fixtures/test-port.ts'

test('a migration that fails is a bug, and fails again on the next call', async () => {
  await using port = openPort({ DATABASE_URL: 'sqlite::memory:' })
  const broken = defineMigrating('broken', failing)

  await expect(port.open(broken)).rejects.toThrow('The migration "2026-01-02-fail" of broken failed.')
  await expect(port.open(broken)).rejects.toThrow('The migration "2026-01-02-fail" of broken failed.')
})

test('a full disk during a migration is an outage, not a bug', async () => {
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

  await expect(port.open(filling)).rejects.toMatchObject({ status: 503 })
  expect(port.logged('the database fails')).toMatchObject([{ error: { message: expect.stringContaining('full') } }])
})
