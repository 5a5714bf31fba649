// The embedded database and cache are loaded by the first request for todos.

import { expect, test } from 'vitest'
import { BACKING_PACKAGES, noteLoadedPackages } from '../attached/fixtures/loaded-packages.ts'
import { startService } from '../service.ts'

test('without a request for todos, neither database nor cache is loaded', async () => {
  const loaded = await loadedWhile(['/info', '/health/live', '/health/ready', '/metrics', '/docs/'])

  expect(loaded).toEqual([])
})

test('with SQLite in a file and a cache in memory, the clients of servers are not loaded', async () => {
  const loaded = await loadedWhile(['/todos', '/health/ready'])

  expect(loaded).toEqual(['kysely', 'lru-cache'])
})

async function loadedWhile(paths: string[]): Promise<string[]> {
  using loaded = noteLoadedPackages()
  {
    await using service = await startService({ env: loaded.env })
    for (const path of paths) expect((await service.fetch(path)).status).toBe(200)
  }
  return loaded.read().filter((name) => BACKING_PACKAGES.includes(name))
}
