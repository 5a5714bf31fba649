// What a cache does for a feature, wherever it keeps what it knows. The same tests run against all of them.

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { until } from '../../../service_tests/servers/until.ts'
import { type Instance, openInstance } from '../instance.ts'

export interface Subject {
  name: string
  /** Whether to skip its tests. */
  missing: boolean
  /** The environment of instances that share one cache, which is empty. */
  open(): Promise<AsyncDisposable & { env: NodeJS.ProcessEnv }>
  /** Whether there is anything behind the memory. */
  isShared: boolean
}

const FRESH = { name: 'numbers', freshSeconds: 100 }

/** The clock that instances go by, where a test lets time pass. */
const later = { ms: 0 }
const now = () => Date.now() + later.ms

export function testConformance({ name, missing, open, isShared }: Subject) {
  describe.skipIf(missing)(name, { concurrent: false }, () => {
    test('a function is called once for equal arguments', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting()

      expect([await square(3), await square(3), await square(4)]).toEqual([{ is: 9 }, { is: 9 }, { is: 16 }])
      expect(calls()).toBe(2)
    })

    test('of a thousand misses at the same time one calls the function', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting({ slowMs: 30 })

      const results = await Promise.all(Array.from({ length: 1000 }, () => square(5)))

      expect(new Set(results.map(({ is }) => is))).toEqual(new Set([25]))
      expect(calls()).toBe(1)
    })

    test('arguments that only look alike are kept apart', async () => {
      await using world = await openWorld()
      const seen: unknown[] = []
      const cached = world.first.cached(
        async (...args: (string | number | undefined)[]) => seen.push(args) && args.length,
        FRESH,
      )
      const lists = [[], [1], ['1'], [1, 2], ['1,2'], [undefined], [undefined, 1], ['päge\n2'], ['x'.repeat(500)]]

      for (const list of [...lists, ...lists]) await cached(...list)

      expect(seen).toEqual(lists)
    })

    test.each([undefined, null, 0, '', false, [], { deep: { list: ['ünï', null] } }])(
      'a result comes back as it was: %j',
      async (value) => {
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
      },
    )

    test('results are frozen, for callers share them', async () => {
      await using world = await openWorld()
      const list = world.first.cached(async () => ({ items: [{ id: 1 }] }), FRESH)

      const { items } = await list()

      expect(() => items.push({ id: 2 })).toThrow(TypeError)
      expect(() => Object.assign(items[0]!, { id: 2 })).toThrow(TypeError)
    })

    test('what the function throws is thrown, and not kept', async () => {
      await using world = await openWorld()
      let calls = 0
      const fails = world.first.cached(async () => {
        calls++
        throw new Error(`failed ${calls}`)
      }, FRESH)

      await expect(fails()).rejects.toThrow('failed 1')
      await expect(fails()).rejects.toThrow('failed 2')
    })

    test('what was forgotten is made anew', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting()
      await square(2)

      await square.forget()

      await square(2)
      expect(calls()).toBe(2)
    })

    test('a call that began before something was forgotten does not bring it back', async () => {
      await using world = await openWorld()
      let stored = 'old'
      let release = () => {}
      const held = new Promise<void>((resolve) => (release = resolve))
      const read = world.first.cached(async () => {
        const found = stored
        if (found === 'old') await held
        return found
      }, FRESH)

      const before = read()
      await sleep(5)
      stored = 'new'
      await read.forget()
      const after = read()
      release()

      expect(await Promise.all([before, after])).toEqual(['old', 'new'])
      expect(await read()).toBe('new')
      expect(await world.first.cached(async () => stored, { ...FRESH, name: 'other' })()).toBe('new')
    })

    test('a result grows old, is returned once more, and is replaced in the background', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting({ options: { ...FRESH, freshSeconds: 10, staleSeconds: 10 } })
      await square(6)

      later.ms = 12_000

      expect(await Promise.all([square(6), square(6), square(6)])).toEqual([{ is: 36 }, { is: 36 }, { is: 36 }])
      await until(() => calls() === 2, { deadlineMs: 2000, otherwise: () => `${calls()} calls` })
      await sleep(20)
      expect(calls()).toBe(2)
    })

    test('a result that is too old is made anew', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting({ options: { ...FRESH, freshSeconds: 1, staleSeconds: 1 } })
      await square(6)

      later.ms = 2100

      await square(6)
      expect(calls()).toBe(2)
    })

    test('that there is nothing is remembered for a time of its own', async () => {
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
      later.ms = 5100
      await read()
      expect(calls).toBe(2)
    })

    test('while the function fails, an old result is better than none', async () => {
      await using world = await openWorld()
      let fails = false
      const read = world.first.cached(
        async () => {
          if (fails) throw new Error('gone')
          return 'kept'
        },
        { ...FRESH, freshSeconds: 1, staleSeconds: 100 },
      )
      await read()

      fails = true
      later.ms = 5000

      expect(await read()).toBe('kept')
      await until(() => world.first.told('a cached result could not be renewed').length > 0, {
        deadlineMs: 2000,
        otherwise: () => 'nothing was logged',
      })
      expect(await read()).toBe('kept')
    })

    test.runIf(isShared)('what one instance made, another need not make', async () => {
      await using world = await openWorld()
      const { square, calls } = world.counting()
      const other = world.counting({ instance: world.second })
      await square(7)

      expect(await other.square(7)).toEqual({ is: 49 })
      expect(calls() + other.calls()).toBe(1)
    })

    test.runIf(isShared)('what one instance forgets, others stop showing within CACHE_MEMORY_SECONDS', async () => {
      await using world = await openWorld()
      let stored = 1
      const [mine, theirs] = [world.first, world.second].map(({ cached }) => cached(async () => stored, FRESH))
      await mine!()
      expect(await theirs!()).toBe(1)

      stored = 2
      await mine!.forget()
      later.ms = 1100

      expect(await theirs!()).toBe(2)
    })

    test('hits, old results and misses are counted', async () => {
      await using world = await openWorld()
      const { square } = world.counting({ options: { ...FRESH, freshSeconds: 10, staleSeconds: 10 } })
      for (const number of [1, 1, 1, 2]) await square(number)
      later.ms = 12_000
      await square(1)

      const count = (outcome: string) =>
        world.first.metric(`cache_requests_total{cache="tests_numbers",outcome="${outcome}"}`)
      expect([await count('miss'), await count('hit'), await count('stale')]).toEqual([2, 2, 1])
    })
  })

  async function openWorld() {
    later.ms = 0
    await using stack = new AsyncDisposableStack()
    const { env } = stack.use(await open())
    const settings = { CACHE_TIMEOUT_MS: '2000', ...env }
    const first = stack.use(openInstance(settings, now))
    const second = stack.use(openInstance(settings, now))
    const opened = stack.move()
    return { first, second, counting, [Symbol.asyncDispose]: () => opened.disposeAsync() }

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
