// How a cached function and what others see of it agree on what has been forgotten, with a store whose moments a test can
// choose.

import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { until } from '../../../service_tests/servers/until.ts'
import { createCached, type Doubting } from '../../../src/backing/cache/cached.ts'
import { keyOf, scopeOf, storeKey } from '../../../src/backing/cache/key.ts'
import { createLevels } from '../../../src/backing/cache/levels.ts'
import type { CacheStore, StoreListener } from '../../../src/backing/cache/store.ts'
import { createPause } from '../../../src/backing/pause.ts'

const QUIET = { failed() {}, answered() {} }
const SCOPE = 'service:tests:stored'

test('a store that loses a generation does not bring back what was forgotten before', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store)
  await read()
  const lost = store.entries.get(SCOPE)!
  const old = new Map(store.entries)
  await write('new')
  expect(await read()).toBe('new')

  // Evicted, while what was cached before the write is still there.
  for (const [key, entry] of old) store.entries.set(key, entry)
  store.entries.delete(SCOPE)

  expect(await read()).toBe('new')
  expect(await read()).toBe('new')
  expect(store.entries.get(SCOPE)).not.toBe(lost)
})

test('a message that comes late does not bring back what was forgotten after it', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store, { believedMs: 100_000 })
  await read()
  await write('second')
  await read()

  await write('third')
  store.listener!.replaced(SCOPE)

  expect(await read()).toBe('third')
})

test('while others can not be told, nothing is read; they are told as soon as it works', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store)
  await read()
  const before = store.entries.get(SCOPE)

  store.fails = true
  await write('new')
  expect(await read()).toBe('new')
  store.fails = false

  await until(() => store.entries.get(SCOPE) !== before, { deadlineMs: 5000, otherwise: () => 'nobody was told' })
  expect(await read()).toBe('new')
})

test('who can read, but not tell others what is forgotten, does not read it again', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store)
  await read()

  store.isFull = true
  await write('new')

  expect(await read()).toBe('new')
})

test('what the store said before something was forgotten does not bring it back', async () => {
  const store = createMapStore()
  const { read, write } = openFunction(store, { believedMs: 100_000 })
  await read()
  store.listener!.resumed()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  store.held = held
  const reading = read()
  store.held = Promise.resolve()

  await write('new')
  release()
  await reading

  expect(await read()).toBe('new')
})

test('others are told of what was forgotten when the process stops, if that works again', async () => {
  const store = createMapStore()
  const { read, write, shared } = openFunction(store, { pauseMs: 0 })
  await read()
  const before = store.entries.get(SCOPE)
  store.fails = true
  await write('new')

  store.fails = false
  await shared.close()

  expect(store.entries.get(SCOPE)).not.toBe(before)
})

test('when messages may have been missed, the store is asked before memory is used', async () => {
  const store = createMapStore()
  const { read } = openFunction(store, { believedMs: 100_000 })
  await read()
  await read()
  const before = store.reads

  store.listener!.resumed()

  await read()
  expect(store.reads).toBe(before + 1)
})

test('while a slow store is asked, of all who wait one calls the function', async () => {
  const store = createMapStore()
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  store.held = held
  const { read, calls } = openFunction(store)

  const readings = Array.from({ length: 1000 }, () => read())
  release()

  expect(new Set(await Promise.all(readings))).toEqual(new Set(['old']))
  expect(calls()).toBe(1)
})

test('keys can be read, and are hashed behind their prefix where a store would not take them', () => {
  const scope = scopeOf('service', 'notes', 'page')

  expect(storeKey(scope, keyOf(scope, [10, 'after', undefined]))).toBe('service:notes:page(10,"after",undefined)')
  for (const text of ['with space', 'ümlaut', 'x'.repeat(300)]) {
    expect(storeKey(scope, keyOf(scope, [text]))).toMatch(/^service:notes:page#[\w-]{43}$/)
  }
  expect(scopeOf('x'.repeat(300), 'notes', 'page')).toMatch(/^[\w-]{43}$/)
})

function openFunction(store: MapStore, { believedMs = 0, pauseMs = 1000 } = {}) {
  let stored = 'old'
  let calls = 0
  const functions = new Map<string, Doubting>()
  const config = { CACHE_MAX_ENTRIES: 100, CACHE_MAX_BYTES: 100_000 }
  const { memory, shared } = createLevels({ config, registry: new Registry(), store: store.open(pauseMs), functions })
  const cached = createCached(
    async () => {
      calls++
      return stored
    },
    { name: 'stored', freshSeconds: 100 },
    {
      scope: SCOPE,
      memory,
      shared,
      believedMs,
      counts: { hit() {}, stale() {}, miss() {} },
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
    shared: shared!,
  }
}

type MapStore = ReturnType<typeof createMapStore>

function createMapStore() {
  const entries = new Map<string, string>()
  const state = {
    entries,
    reads: 0,
    fails: false,
    isFull: false,
    held: Promise.resolve(),
    listener: undefined as StoreListener | undefined,
    open,
  }
  return state

  async function working() {
    await state.held
    if (state.fails) throw new Error('It fails.')
  }

  /** @param pauseMs how long it is left alone after it has failed */
  function open(pauseMs: number): CacheStore {
    return {
      name: 'redis',
      pause: createPause({ timeoutMs: 5000, outages: QUIET, ...(pauseMs === 0 && { now: createLeapingClock() }) }),
      async read(scope, key) {
        state.reads++
        const found = { generation: entries.get(scope), entry: entries.get(key) }
        await working()
        return found
      },
      async write(key, entry) {
        await working()
        entries.set(key, entry)
      },
      async begin(scope, generation) {
        await working()
        if (entries.has(scope)) return false
        entries.set(scope, generation)
        return true
      },
      async replace(scope, generation) {
        await working()
        if (state.isFull) throw new Error('It is full.')
        entries.set(scope, generation)
      },
      async listen(given) {
        state.listener = given
      },
      close: async () => {},
    }
  }
}

/** Each pause is over when somebody looks at this clock. */
function createLeapingClock() {
  let nowMs = 0
  return function now() {
    nowMs += 2000
    return nowMs
  }
}
