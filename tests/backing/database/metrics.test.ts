import { expect, test } from 'vitest'
import { createFolder, lock, writeNote } from './fixtures/notes-file.ts'
import { openPort } from './fixtures/test-port.ts'

test('queries are measured by outcome', async () => {
  using folder = createFolder()
  await using port = openPort({ DATA_DIR: folder.path, DATABASE_TIMEOUT_MS: '20' })
  await writeNote(port)
  await writeNote(port).catch(() => {})
  using _other = lock(folder)
  await writeNote(port).catch(() => {})

  const text = await port.registry.metrics()

  expect(text).toMatch(/database_query_duration_seconds_count\{outcome="ok"\} \d+/)
  expect(text).toContain('database_query_duration_seconds_count{outcome="unavailable"} 1')
  // The first read the history of migrations, which did not exist yet; the second broke a unique constraint.
  expect(text).toContain('database_query_duration_seconds_count{outcome="error"} 2')
  expect(text).not.toContain('database_connections')
})
