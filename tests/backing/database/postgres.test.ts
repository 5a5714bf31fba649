// PostgreSQL, as far as it can be tested without a server.

import { expect, test } from 'vitest'
import { notes, openPort } from './fixtures/test-port.ts'

test('a server that can’t be reached is an outage, which is logged once', async () => {
  await using port = openPort({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/name' }, [notes])
  const database = await port.open<{ notes: { id: number } }>(notes)
  const read = () => database.selectFrom('notes').selectAll().execute()

  const refused = { status: 503, headers: { 'retry-after': '1' } }
  await expect(read()).rejects.toMatchObject(refused)
  await expect(read()).rejects.toMatchObject(refused)
  await expect(port.checks().database?.()).rejects.toMatchObject(refused)

  expect(port.logged('the database fails')).toHaveLength(1)
})
