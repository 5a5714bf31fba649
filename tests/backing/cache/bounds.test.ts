import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { createEntry, readEntry, writeEntry } from '../../../src/backing/cache/entry.ts'
import { createFileStore } from '../../../src/backing/cache/file.ts'
import type { CacheStore } from '../../../src/backing/cache/store.ts'
import type { CachedFunction } from '../../../src/ports/cache.ts'
import { openInstance } from '../fixtures/instance.ts'

type CountRows = CachedFunction<[], number>

const OPTIONS = { name: 'numbers', freshSeconds: 100 }

test('with 32 entries in memory at most, the 33rd evicts the least recently used', async () => {
  await using instance = openInstance({ CACHE: 'memory', CACHE_MAX_ENTRIES: '32' })
  const made: number[] = []
  const read = instance.cached(async (number: number) => made.push(number), OPTIONS)
  for (let number = 1; number <= 32; number++) await read(number)
  await read(1)

  await read(33)

  made.length = 0
  for (const number of [1, 3, 33, 2]) await read(number)
  expect(made).toEqual([2])
})

test('a function that is fresh for 0 seconds is called each time', async () => {
  await using instance = openInstance({ CACHE: 'memory' })
  let calls = 0
  const count = instance.cached(async () => ++calls, { name: 'calls', freshSeconds: 0, staleSeconds: 100 })

  const counted = [await count(), await count()]
  await count.forget()

  expect(counted).toEqual([1, 2])
  expect(instance.cacheResource()).toBeUndefined()
})

test('a write invalidates the functions that it names, and no others', async () => {
  await using instance = openInstance({ CACHE: 'memory' })
  const rows: string[] = []
  const [page, count, unrelated] = ['page', 'count', 'unrelated'].map((name) =>
    instance.cached(async () => rows.length, { name, freshSeconds: 100 }),
  ) as [CountRows, CountRows, CountRows]
  const write = instance.cached.writes([page, count])
  await Promise.all([page(), count(), unrelated()])

  await write(async () => rows.push('first'))

  expect([await page(), await count(), await unrelated()]).toEqual([1, 1, 0])
})

test('entries in memory are evicted by size, too', async () => {
  await using instance = openInstance({ CACHE: 'memory', CACHE_MAX_BYTES: '10000' })
  const made: number[] = []
  const read = instance.cached(async (number: number) => {
    made.push(number)
    return 'x'.repeat(4000)
  }, OPTIONS)

  for (const number of [1, 2, 3, 2, 3, 1]) await read(number)

  expect(made).toEqual([1, 2, 3, 1])
})

test('lifetimes are up to 10 % shorter, at random', () => {
  const ends = Array.from({ length: 1000 }, () => createEntry('x', 'g', OPTIONS, 0).freshUntilMs)

  expect(Math.min(...ends)).toBeGreaterThanOrEqual(90_000)
  expect(Math.max(...ends)).toBeLessThanOrEqual(100_000)
  expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(5000)
})

test.each(['', '{', 'g 1 2', 'g 1\n3', 'g 1 x\n3', 'g 1 2\n{', ' 1 2\n3'])('%j is not an entry', (text) => {
  expect(readEntry(text)).toBeUndefined()
})

test.each([{ list: [1, 'ü'] }, 'a\nb', null, undefined])('an entry with %j is read as it was written', (value) => {
  const entry = createEntry(value, 'g', { ...OPTIONS, staleSeconds: 5 }, 1000)

  expect(readEntry(writeEntry(entry))).toEqual(entry)
})

const openFileStore = (folder: string, bounds = { maxEntries: 64, maxBytes: 1e6 }) =>
  createFileStore(folder, { ...bounds, timeoutMs: 60_000, outages: { failed() {}, answered() {} } })

/** Pruning runs after writes, so this writes the same entry again and again. */
async function untilPruned(
  store: CacheStore,
  folder: string,
  { entry, maxFiles }: { entry: string; maxFiles: number },
) {
  const count = () => readdirSync(folder).length
  const isPruned = async () => {
    await store.write('key 0', entry, 120_000)
    return count() <= maxFiles
  }
  await until(isPruned, { deadlineMs: 60_000, otherwise: () => `${count()} files` })
}

test('the number of files is bounded', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 64, maxBytes: 1e6 })

  for (let number = 0; number < 300; number++) await store.write(`key ${number}`, 'x', 120_000)

  // The folder is pruned now and then, not on every write.
  await untilPruned(store, folder.path, { entry: 'x', maxFiles: 64 + 4 })
})

test('expired files are removed first', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 16, maxBytes: 1e6 })
  await store.write('expired', 'x', -1000)

  for (let number = 0; number < 10; number++) await store.write(`key ${number}`, 'x', 120_000)

  const expired = async () => (await store.read('scope', 'expired')).entry
  await until(async () => (await expired()) === undefined, { deadlineMs: 60_000, otherwise: () => 'it is still there' })
})

test('no key escapes the folder, and none is too long', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(join(folder.path, 'cache'), { maxEntries: 64, maxBytes: 1e6 })

  for (const key of ['../outside', '/etc/passwd', '\0', 'x'.repeat(5000)]) {
    await store.write(key, key, 1000)
    expect((await store.read('scope', key)).entry).toBe(key)
  }

  expect(readdirSync(folder.path)).toEqual(['cache'])
})

test('the total size of files is bounded, and an entry that exceeds it on its own is not written', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 16, maxBytes: 1000 })

  const entry = 'x'.repeat(300)
  for (let number = 0; number < 20; number++) await store.write(`key ${number}`, entry, 120_000)
  await store.write('large', 'x'.repeat(1001), 120_000)

  expect((await store.read('scope', 'large')).entry).toBeUndefined()
  await untilPruned(store, folder.path, { entry, maxFiles: 3 })
})

test('when two processes begin a scope at once, one generation wins', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 64, maxBytes: 1e6 })

  const [one, two] = await Promise.all([store.begin('scope', 'one'), store.begin('scope', 'two')])

  expect(one).not.toBe(two)
  expect((await store.read('scope', 'key')).generation).toBe(one ? 'one' : 'two')
})

test('a corrupt file is a miss', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const env = { CACHE: 'file', DATA_DIR: folder.path, CACHE_MEMORY_SECONDS: '0' }
  await using instance = openInstance(env)
  const read = instance.cached(async () => 'value', OPTIONS)
  await read()
  const files = readdirSync(join(folder.path, 'cache')).filter((file) => file.endsWith('.entry'))
  for (const file of files) writeFileSync(join(folder.path, 'cache', file), 'g 1')

  expect(files).toHaveLength(1)
  expect(await read()).toBe('value')
})

test.each([
  [{}, 'memory'],
  [{ WEB_CONCURRENCY: '2' }, 'file'],
  [{ WEB_CONCURRENCY: '2', DATABASE_URL: 'sqlite:/tmp/notes' }, 'file'],
  [{ WEB_CONCURRENCY: '2', DATABASE_URL: 'postgres://127.0.0.1:1/notes' }, 'memory'],
  [{ REDIS_URL: 'redis://127.0.0.1:1' }, 'redis'],
  [{ MEMCACHED_URL: 'memcached://127.0.0.1:1' }, 'memcached'],
  [{ REDIS_URL: 'redis://127.0.0.1:1', CACHE: 'memory' }, 'memory'],
  [{ REDIS_URL: 'redis://127.0.0.1:1', CACHE: 'file' }, 'file'],
])('with %j the store is %s', async (env, adapter) => {
  await using instance = openInstance(env)
  expect(instance.cacheResource()).toBeUndefined()

  instance.cached(async () => 1, OPTIONS)

  expect(instance.cacheResource()).toMatchObject({ port: 'cache', adapter })
})

test('a folder that can not be created does not fail any call', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  writeFileSync(join(folder.path, 'file'), '')
  await using instance = openInstance({ CACHE: 'file', DATA_DIR: join(folder.path, 'file') })
  let calls = 0
  const read = instance.cached(async () => ++calls, OPTIONS)

  expect([await read(), await read()]).toEqual([1, 1])
  await read.forget()
  expect(await read()).toBe(2)
  expect(instance.logged('the file cache fails')).toHaveLength(1)
})

test('a feature must not give two functions the same name, since they would share results', async () => {
  await using instance = openInstance({})
  instance.cached(async () => 1, OPTIONS)

  expect(() => instance.cached(async () => 2, OPTIONS)).toThrow('must not cache two functions named "numbers"')
})

test.each([
  ['no database is bound', {}, 1],
  ['the database is shared', { DATABASE_URL: 'postgres://127.0.0.1/shared' }, 2],
  ['the database is an SQLite file', { DATABASE_URL: 'sqlite:own.sqlite' }, 1],
])(
  'without a store, entries outlive CACHE_MEMORY_SECONDS only where no other process writes: %s',
  async (_why, env, expected) => {
    let nowMs = Date.now()
    await using instance = openInstance({ CACHE: 'memory', ...env }, () => nowMs)
    let calls = 0
    const read = instance.cached(async () => ++calls, OPTIONS)
    await read()

    nowMs += 900
    expect(await read()).toBe(1)
    nowMs += 200
    expect(await read()).toBe(expected)
  },
)
