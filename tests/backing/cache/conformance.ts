// What the cache does for a feature, whatever its store. The same tests run against every store.

import { setTimeout as sleep } from 'node:timers/promises'
import { notApplicable } from 'private-servers/requirements'
import { until } from 'private-servers/until'
import { describe, expect, test } from 'vitest'
import { type Instance, openInstance } from '../fixtures/instance.ts'

export interface Subject {
  name: string
  /** Whether the server's program is not installed, so that its tests are skipped. */
  missing: boolean
  /** The environment of instances that share one cache, which is empty. */
  open(): Promise<AsyncDisposable & { env: NodeJS.ProcessEnv }>
  /** Whether there is a store behind the memory. */
  isShared: boolean
}

const FRESH = { name: 'numbers', freshSeconds: 100 }
const GROWS_OLD = { ...FRESH, freshSeconds: 10, staleSeconds: 10 }

export function testConformance({ name, missing, open, isShared }: Subject) {
  /** For what only a cache with a store behind the memory can do. */
  const testShared = (title: string, body: () => Promise<void>) =>
    test(title, async ({ skip }) => {
      skip(!isShared, notApplicable('no store is behind the memory'))
      await body()
    })

  describe.skipIf(missing)(name, { concurrent: false }, () => {
    test('a function is called once for equal arguments', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting()

      expect([await square(3), await square(3), await square(4)]).toEqual([{ is: 9 }, { is: 9 }, { is: 16 }])
      expect(calls()).toBe(2)
    })

    test('a thousand concurrent misses share one call of the function', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting({ slowMs: 30 })

      const results = await Promise.all(Array.from({ length: 1000 }, () => square(5)))

      expect(new Set(results.map(({ is }) => is))).toEqual(new Set([25]))
      expect(calls()).toBe(1)
    })

    test('arguments that look alike are cached separately', async () => {
      await using world = await openWorld()
      const seen: unknown[] = []
      const cached = world.first.cached(
        async (...args: (string | number | boolean | undefined)[]) => seen.push(args) && args.length,
        FRESH,
      )
      const lists = [
        [],
        [1],
        ['1'],
        [1, 2],
        ['1,2'],
        ['1","2'],
        [undefined],
        [undefined, 1],
        [Number.NaN],
        [Number.POSITIVE_INFINITY],
        [true],
        ['true'],
        ['päge\n2'],
        ['\ud800'],
        ['x'.repeat(500)],
        ['x'.repeat(501)],
      ]

      for (const list of [...lists, ...lists]) await cached(...list)

      expect(seen).toEqual(lists)
    })

    test.each([
      { value: undefined },
      { value: null },
      { value: 0 },
      { value: '' },
      { value: false },
      { value: [] },
      { value: { deep: { list: ['ünï\n', null] } } },
    ])('a cached result equals the original: %j', async ({ value }) => {
      await using world = await openWorld()
      let calls = 0
      const make = async () => {
        calls++
        return value
      }

      const mine = world.first.cached(make, FRESH)
      await mine()
      expect(await mine()).toEqual(value)
      expect(await world.second.cached(make, FRESH)()).toEqual(value)
      expect(calls).toBe(isShared ? 1 : 2)
    })

    test('results are frozen, since callers share them', async () => {
      await using world = await openWorld()
      const list = world.first.cached(async () => ({ items: [{ id: 1 }] }), FRESH)

      const { items } = await list()

      expect(() => items.push({ id: 2 })).toThrow(TypeError)
      expect(() => Object.assign(items[0]!, { id: 2 })).toThrow(TypeError)
    })

    test('an error of the function is thrown, and not cached', async () => {
      await using world = await openWorld()
      let calls = 0
      const fails = world.first.cached(async () => {
        calls++
        throw new Error(`failed ${calls}`)
      }, FRESH)

      await expect(fails()).rejects.toThrow('failed 1')
      await expect(fails()).rejects.toThrow('failed 2')
    })

    test('reading page 2 does not change page 1', async () => {
      await using world = await openWorld()
      const page = world.first.cached(async (number: number) => [`row ${number}`], FRESH)
      const before = await page(1)

      await page(2)

      expect(await page(1)).toEqual(before)
      expect(await page(2)).toEqual(['row 2'])
    })

    test('a read after forget() sees what was written before it', async () => {
      await using world = await openWorld()
      const rows = ['first']
      const page = world.first.cached(async (_number: number) => [...rows], FRESH)
      await Promise.all([page(1), page(2)])

      rows.push('second')
      await page.forget()

      expect(await page(1)).toEqual(['first', 'second'])
      expect(await page(2)).toEqual(['first', 'second'])
    })

    test('forget() invalidates one function and no other', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting()
      const other = world.counting({ options: { ...FRESH, name: 'others' } })
      await Promise.all([square(1), other.square(1)])

      await square.forget()

      await Promise.all([square(1), other.square(1)])
      expect([calls(), other.calls()]).toEqual([2, 1])
    })

    test('a call that began before forget() does not bring back an invalidated result', async () => {
      await using world = await openWorld()
      let stored = 'old'
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const read = world.first.cached(async () => {
        const found = stored
        begin()
        if (found === 'old') await held
        return found
      }, FRESH)

      const before = read()
      await begun
      stored = 'new'
      await read.forget()
      const after = read()
      expect(await after).toBe('new')
      release()

      expect(await before).toBe('old')
      expect(await read()).toBe('new')
      expect(await world.second.cached(async () => stored, FRESH)()).toBe('new')
    })

    test('a background call that began before forget() does not bring back an invalidated result', async () => {
      await using world = await openWorld()
      let stored = 'old'
      let calls = 0
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const read = world.first.cached(async () => {
        const found = stored
        if (++calls === 2) await held
        return found
      }, GROWS_OLD)
      await read()
      world.pass(12_000)
      expect(await read()).toBe('old')
      await until(() => calls === 2, patience('the function was not called in the background'))

      stored = 'new'
      await read.forget()
      release()

      expect(await read()).toBe('new')
      expect(await read()).toBe('new')
    })

    test('a stale result is returned at once, and one background call replaces it', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting({ options: GROWS_OLD, slowMs: 10 })
      await square(6)

      world.pass(12_000)

      expect(await Promise.all([square(6), square(6), square(6)])).toEqual([{ is: 36 }, { is: 36 }, { is: 36 }])
      await until(async () => {
        await square(6)
        return (await world.count('hit')) > 0
      }, patience('the function was not called in the background'))
      expect(calls()).toBe(2)
    })

    test('after its stale time a result is not returned any more', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting({ options: { ...FRESH, freshSeconds: 1, staleSeconds: 1 } })
      await square(6)

      world.pass(2100)

      await square(6)
      expect(calls()).toBe(2)
    })

    test('an empty result has a lifetime of its own', async () => {
      await using world = await openWorld()
      let calls = 0
      const read = world.first.cached(
        async () => {
          calls++
          return undefined
        },
        { ...FRESH, emptySeconds: 5 },
      )

      expect([await read(), await read()]).toEqual([undefined, undefined])
      expect(calls).toBe(1)
      world.pass(5100)
      await read()
      expect(calls).toBe(2)
    })

    test('while the function fails, a stale result is returned, until its stale time is over', async () => {
      await using world = await openWorld()
      let fails = false
      const read = world.first.cached(
        async () => {
          if (fails) throw new Error('gone')
          return 'kept'
        },
        { ...FRESH, freshSeconds: 10, staleSeconds: 60 },
      )
      await read()
      fails = true

      for (let seconds = 12; seconds <= 60; seconds += 4) {
        world.pass(seconds * 1000)
        expect(await read()).toBe('kept')
      }

      world.pass(75_000)
      await expect(read()).rejects.toThrow('gone')
      expect(world.first.logged('the cached function tests/numbers fails')).toHaveLength(1)
    })

    testShared('a result of one instance is used by another', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting()
      const other = world.counting({ instance: world.second })
      await square(7)

      expect(await other.square(7)).toEqual({ is: 49 })
      expect(calls() + other.calls()).toBe(1)
    })

    testShared(
      'after forget() of one instance, others stop returning the result within CACHE_MEMORY_SECONDS',
      async () => {
        await using world = await openWorld()
        let stored = 1
        const [mine, theirs] = [world.first, world.second].map(({ cached }) => cached(async () => stored, FRESH))
        await mine!()
        expect(await theirs!()).toBe(1)

        stored = 2
        await mine!.forget()
        world.pass(1100)

        expect(await theirs!()).toBe(2)
        expect(await mine!()).toBe(2)
      },
    )

    testShared('a slow call in one instance does not bring back what another has invalidated', async () => {
      await using world = await openWorld()
      let stored = 'old'
      const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const slow = world.first.cached(async () => {
        const found = stored
        begin()
        await held
        return found
      }, FRESH)
      const quick = world.second.cached(async () => stored, FRESH)
      const reading = slow()
      await begun

      stored = 'new'
      await quick.forget()
      release()
      await reading

      expect(await quick()).toBe('new')
      world.pass(1100)
      expect(await slow()).toBe('new')
    })

    test('hits, stale results and misses are counted; waiting for a call in flight counts as a hit', async () => {
      await using world = await openWorld()
      const { square } = world.counting({ options: GROWS_OLD })
      for (const number of [1, 1, 1, 2]) await square(number)
      await Promise.all([square(3), square(3)])
      world.pass(12_000)
      await square(1)

      expect([await world.count('miss'), await world.count('hit'), await world.count('stale')]).toEqual([3, 3, 1])
    })
  })

  async function openWorld() {
    // Only the test moves this clock, so a slow machine does not let entries expire.
    const beganMs = Date.now()
    let nowMs = beganMs
    const now = () => nowMs
    await using stack = new AsyncDisposableStack()
    const { env } = stack.use(await open())
    const first = stack.use(openInstance(env, now))
    const second = stack.use(openInstance(env, now))
    const opened = stack.move()

    return {
      first,
      second,
      counting,
      count: (outcome: string) => first.metric(`cache_requests_total{cache="tests_numbers",outcome="${outcome}"}`),
      /** @param ms since the beginning */
      pass(ms: number) {
        nowMs = beganMs + ms
      },
      [Symbol.asyncDispose]: () => opened.disposeAsync(),
    }

    function counting({ instance = first, slowMs = 0, options = FRESH }: Counting = {}) {
      let calls = 0
      const square = instance.cached(async (number: number) => {
        calls++
        if (slowMs > 0) await sleep(slowMs)
        return { is: number ** 2 }
      }, options)
      return { square, calls: () => calls }
    }
  }
}

interface Counting {
  instance?: Instance
  slowMs?: number
  options?: { name: string; freshSeconds: number; staleSeconds?: number }
}

const patience = (otherwise: string) => ({ deadlineMs: 60_000, otherwise: () => otherwise })
