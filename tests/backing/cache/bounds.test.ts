import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../../service_tests/servers/until.ts'
import { createEntry, readEntry, writeEntry } from '../../../src/backing/cache/entry.ts'
import { openFileStore } from '../../../src/backing/cache/file.ts'
import { ConfigError } from '../../../src/chassis/config.ts'
import { openInstance } from '../instance.ts'

const OPTIONS = { name: 'numbers', freshSeconds: 100 }

test('of 32 entries in memory, the least recently used makes room for the 33rd', async () => {
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

test('entries in memory make room by their size, too', async () => {
  await using instance = openInstance({ CACHE: 'memory', CACHE_MAX_BYTES: '10000' })
  const made: number[] = []
  const read = instance.cached(async (number: number) => {
    made.push(number)
    return 'x'.repeat(4000)
  }, OPTIONS)

  for (const number of [1, 2, 3, 2, 3, 1]) await read(number)

  expect(made).toEqual([1, 2, 3, 1])
})

test('times end up to a tenth early, each at another moment', () => {
  const ends = Array.from({ length: 1000 }, () => createEntry('x', 'g', OPTIONS, 0).freshUntilMs)

  expect(Math.min(...ends)).toBeGreaterThanOrEqual(90_000)
  expect(Math.max(...ends)).toBeLessThanOrEqual(100_000)
  expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(5000)
})

test.each(['', '{', 'null', '[]', '{"v":1}', '{"v":1,"g":2,"f":3,"s":4}'])('%j is no entry', (text) => {
  expect(readEntry(text)).toBeUndefined()
})

test('an entry can be read as it was written', () => {
  const entry = createEntry({ list: [1, 'ü'] }, 'g', { ...OPTIONS, staleSeconds: 5 }, 1000)

  const read = readEntry(writeEntry(entry))

  expect(read).toMatchObject({ value: entry.value, generation: 'g' })
  expect(read!.staleUntilMs - read!.freshUntilMs).toBe(5000)
})

test('files keep to their number', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = await openFileStore(folder.path, { maxEntries: 64, maxBytes: 1e6 })

  for (let number = 0; number < 300; number++) await store.write(`key ${number}`, 'x', 120_000)

  const count = () => readdirSync(folder.path).length
  // The bound is looked after now and then, not at every write.
  await until(() => count() <= 64 + 4, { deadlineMs: 5000, otherwise: () => `${count()} files` })
})

test('files that have ended go first', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = await openFileStore(folder.path, { maxEntries: 16, maxBytes: 1e6 })
  await store.write('ended', 'x', -1000)

  for (let number = 0; number < 10; number++) await store.write(`key ${number}`, 'x', 120_000)

  const ended = async () => (await store.read('scope', 'ended')).entry
  await until(async () => (await ended()) === undefined, { deadlineMs: 5000, otherwise: () => 'it is still there' })
})

test('no key leads out of the folder, and none is too long', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = await openFileStore(join(folder.path, 'cache'), { maxEntries: 64, maxBytes: 1e6 })

  for (const key of ['../outside', '/etc/passwd', '\0', 'x'.repeat(5000)]) {
    await store.write(key, key, 1000)
    expect((await store.read('scope', key)).entry).toBe(key)
  }

  expect(readdirSync(folder.path)).toEqual(['cache'])
})

test('of two who give a scope its first generation, one is heard', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = await openFileStore(folder.path, { maxEntries: 64, maxBytes: 1e6 })

  await Promise.all([store.begin('scope', 'one'), store.begin('scope', 'two')])

  expect(['one', 'two']).toContain((await store.read('scope', 'key')).generation)
})

test('a broken file is a miss', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const env = { CACHE: 'file', DATA_DIR: folder.path, CACHE_MEMORY_SECONDS: '0' }
  await using instance = openInstance(env)
  const read = instance.cached(async () => 'value', OPTIONS)
  await read()
  const files = readdirSync(join(folder.path, 'cache')).filter((file) => file.endsWith('.entry'))
  for (const file of files) writeFileSync(join(folder.path, 'cache', file), '{"v":')

  expect(files).toHaveLength(1)
  expect(await read()).toBe('value')
})

test.each(['redis', 'memcached'])('CACHE=%s is refused where none is bound', (CACHE) => {
  expect(() => openInstance({ CACHE })).toThrow(ConfigError)
})

test.each([
  [{}, 'memory'],
  [{ WEB_CONCURRENCY: '2' }, 'file'],
  [{ REDIS_URL: 'redis://cache.example' }, 'redis'],
  [{ MEMCACHED_URL: 'memcached://cache.example' }, 'memcached'],
  [{ REDIS_URL: 'redis://cache.example', CACHE: 'memory' }, 'memory'],
  [{ REDIS_URL: 'redis://cache.example', CACHE: 'file' }, 'file'],
])('with %j the cache is in %s', async (env, adapter) => {
  await using instance = openInstance(env)
  expect(instance.cacheResource()).toBeUndefined()

  if (adapter === 'memory' || adapter === 'file') instance.cached(async () => 1, OPTIONS)

  if (instance.cacheResource()) expect(instance.cacheResource()).toEqual({ port: 'cache', adapter })
})
