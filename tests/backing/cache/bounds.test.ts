import { mkdtempDisposableSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../../../service_tests/servers/until.ts'
import { createEntry, readEntry, writeEntry } from '../../../src/backing/cache/entry.ts'
import { createFileStore } from '../../../src/backing/cache/file.ts'
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

test.each(['', '{', 'g 1 2', 'g 1\n3', 'g 1 x\n3', 'g 1 2\n{', ' 1 2\n3'])('%j is no entry', (text) => {
  expect(readEntry(text)).toBeUndefined()
})

test.each([{ list: [1, 'ü'] }, 'a\nb', null, undefined])('the entry of %j can be read as it was written', (value) => {
  const entry = createEntry(value, 'g', { ...OPTIONS, staleSeconds: 5 }, 1000)

  expect(readEntry(writeEntry(entry))).toEqual(entry)
})

const openFileStore = (folder: string, bounds = { maxEntries: 64, maxBytes: 1e6 }) =>
  createFileStore(folder, { ...bounds, timeoutMs: 5000, outages: { failed() {}, answered() {} } })

test('files keep to their number', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 64, maxBytes: 1e6 })

  for (let number = 0; number < 300; number++) await store.write(`key ${number}`, 'x', 120_000)

  const count = () => readdirSync(folder.path).length
  // The bound is looked after now and then, not at every write.
  await until(() => count() <= 64 + 4, { deadlineMs: 5000, otherwise: () => `${count()} files` })
})

test('files that have ended go first', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 16, maxBytes: 1e6 })
  await store.write('ended', 'x', -1000)

  for (let number = 0; number < 10; number++) await store.write(`key ${number}`, 'x', 120_000)

  const ended = async () => (await store.read('scope', 'ended')).entry
  await until(async () => (await ended()) === undefined, { deadlineMs: 5000, otherwise: () => 'it is still there' })
})

test('no key leads out of the folder, and none is too long', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(join(folder.path, 'cache'), { maxEntries: 64, maxBytes: 1e6 })

  for (const key of ['../outside', '/etc/passwd', '\0', 'x'.repeat(5000)]) {
    await store.write(key, key, 1000)
    expect((await store.read('scope', key)).entry).toBe(key)
  }

  expect(readdirSync(folder.path)).toEqual(['cache'])
})

test('files keep to their bytes, and what is too large alone is not written', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 16, maxBytes: 1000 })

  for (let number = 0; number < 20; number++) await store.write(`key ${number}`, 'x'.repeat(300), 120_000)
  await store.write('large', 'x'.repeat(1001), 120_000)

  expect((await store.read('scope', 'large')).entry).toBeUndefined()
  const count = () => readdirSync(folder.path).length
  await until(() => count() <= 3, { deadlineMs: 5000, otherwise: () => `${count()} files` })
})

test('of two who give a scope its first generation, one is heard', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  const store = openFileStore(folder.path, { maxEntries: 64, maxBytes: 1e6 })

  const [one, two] = await Promise.all([store.begin('scope', 'one'), store.begin('scope', 'two')])

  expect(one).not.toBe(two)
  expect((await store.read('scope', 'key')).generation).toBe(one ? 'one' : 'two')
})

test('a broken file is a miss', async () => {
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
])('with %j the cache is in %s', async (env, adapter) => {
  await using instance = openInstance(env)
  expect(instance.cacheResource()).toBeUndefined()

  instance.cached(async () => 1, OPTIONS)

  expect(instance.cacheResource()).toMatchObject({ port: 'cache', adapter })
})

test('a folder that can not be made costs no call', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'files-'))
  writeFileSync(join(folder.path, 'file'), '')
  await using instance = openInstance({ CACHE: 'file', DATA_DIR: join(folder.path, 'file') })
  let calls = 0
  const read = instance.cached(async () => ++calls, OPTIONS)

  expect([await read(), await read()]).toEqual([1, 1])
  await read.forget()
  expect(await read()).toBe(2)
  expect(instance.told('the file cache fails')).toHaveLength(1)
})

test('a feature must not give two functions one name, for they would share their results', async () => {
  await using instance = openInstance({})
  instance.cached(async () => 1, OPTIONS)

  expect(() => instance.cached(async () => 2, OPTIONS)).toThrow('must not cache two functions named "numbers"')
})

test.each([
  ['no other process writes', {}, 1],
  ['others write to the database', { DATABASE_URL: 'postgres://127.0.0.1/shared' }, 2],
  ['the database is embedded', { DATABASE_URL: 'sqlite:own.sqlite' }, 1],
])('memory alone is believed for long only where nobody else writes: %s', async (_why, env, expected) => {
  let nowMs = Date.now()
  await using instance = openInstance({ CACHE: 'memory', ...env }, () => nowMs)
  let calls = 0
  const read = instance.cached(async () => ++calls, OPTIONS)
  await read()

  nowMs += 900
  expect(await read()).toBe(1)
  nowMs += 200
  expect(await read()).toBe(expected)
})
