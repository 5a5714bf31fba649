// How a cached function and its store agree on generations. The store's replies are timed by the test.

import { until } from 'private-servers/until'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { createCached } from '../../../src/backing/cache/cached.ts'
import { keyOf, scopeOf, storeKey } from '../../../src/backing/cache/key.ts'
import { createLevels, type Revalidatable } from '../../../src/backing/cache/levels.ts'
import { createMapStore, type MapStore, QUIET } from './fixtures/map-store.ts'

const SCOPE = 'service:tests:stored'

/** Entries in memory are used without revalidation for longer than any test takes. */
const LONG = { revalidateAfterMs: 1_000_000 }

test('a store that loses a generation does not bring back what was invalidated before', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store)
  await read()
  const lost = store.entries.get(SCOPE)!
  const old = new Map(store.entries)
  await write('new')
  expect(await read()).toBe('new')

  // The generation is evicted, while an entry from before the write is still there.
  for (const [key, entry] of old) store.entries.set(key, entry)
  store.entries.delete(SCOPE)

  expect(await read()).toBe('new')
  expect(await read()).toBe('new')
  expect(store.entries.get(SCOPE)).not.toBe(lost)
})

test('a late message does not undo a later invalidation', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store, LONG)
  await read()
  await write('second')
  await read()

  await write('third')
  store.subscriber!.replaced(SCOPE)

  expect(await read()).toBe('third')
})

test('while an invalidation can not be published, the store is not read; it is published once that works', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store)
  await read()
  const before = store.entries.get(SCOPE)

  store.fails = true
  await write('new')
  expect(await read()).toBe('new')
  store.fails = false

  await until(() => store.entries.get(SCOPE) !== before, {
    deadlineMs: 60_000,
    otherwise: () => 'the invalidation was not published',
  })
  expect(await read()).toBe('new')
})

test('where the store can be read but refuses the invalidation, old entries are not read again', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store)
  await read()

  store.isFull = true
  await write('new')

  expect(await read()).toBe('new')
})

test('a reply of the store from before an invalidation does not undo it', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store, LONG)
  await read()
  store.subscriber!.resumed()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  store.held = held
  const reading = read()
  store.held = Promise.resolve()

  await write('new')
  release()
  await reading

  expect(await read()).toBe('new')
})

test('a pending invalidation is published when the process stops, if that works again', async () => {
  const store = createMapStore()
  const { read, write, shared } = openFunction(store, { probesAtOnce: true })
  await read()
  const before = store.entries.get(SCOPE)
  store.fails = true
  await write('new')

  store.fails = false
  await shared.close()

  expect(store.entries.get(SCOPE)).not.toBe(before)
})

test('when messages may have been missed, entries in memory are revalidated before they are used', async () => {
  const store = createMapStore()
  const { read } = openFunction(store, LONG)
  await read()
  await read()
  const before = store.reads

  store.subscriber!.resumed()

  await read()
  expect(store.reads).toBe(before + 1)
})

test('while a slow store is read, all concurrent callers share one call of the function', async () => {
  const store = createMapStore()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  store.held = held
  const { read, calls } = openFunction(store)

  const readings = Array.from({ length: 1000 }, () => read())
  release()

  expect(new Set(await Promise.all(readings))).toEqual(new Set(['old']))
  expect(calls()).toBe(1)
})

test('keys are readable, and hashed after their prefix where a store would not accept them', () => {
  const scope = scopeOf('service', 'notes', 'page')

  expect(storeKey(scope, keyOf(scope, [10, 'after', undefined]))).toBe('service:notes:page(10,"after",undefined)')
  for (const text of ['with space', 'ümlaut', 'x'.repeat(300)]) {
    expect(storeKey(scope, keyOf(scope, [text]))).toMatch(/^service:notes:page#[\w-]{43}$/)
  }
  expect(scopeOf('x'.repeat(300), 'notes', 'page')).toMatch(/^[\w-]{43}$/)
})

function openFunction(store: MapStore, { revalidateAfterMs = 0, probesAtOnce = false } = {}) {
  let stored = 'old'
  let calls = 0
  const functions = new Map<string, Revalidatable>()
  const config = { CACHE_MAX_ENTRIES: 100, CACHE_MAX_BYTES: 100_000 }
  const levels = createLevels({ config, registry: new Registry(), store: store.open({ probesAtOnce }), functions })
  const cached = createCached(
    async () => {
      calls++
      return stored
    },
    { name: 'stored', freshSeconds: 100 },
    {
      ...levels,
      scope: SCOPE,
      revalidateAfterMs,
      counts: levels.metrics.counts('stored'),
      outages: QUIET,
      now: Date.now,
    },
  )
  functions.set(SCOPE, cached)

  return {
    read: () => cached(),
    async write(value: string) {
      stored = value
      await cached.forget()
    },
    calls: () => calls,
    shared: levels.shared!,
  }
}
