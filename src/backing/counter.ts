// Counters that all instances share, where Redis is bound. What is counted is told once a second, so that counting costs
// a request nothing.

import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { SharedCounter } from '../ports/counter.ts'
import type { Resource } from '../ports/operations.ts'
import type { RedisPort } from './redis.ts'
import type { BackingRuntime } from './runtime.ts'

const TELL_AFTER_MS = 1000

export interface Counters {
  forFeature(feature: string): (name: string) => SharedCounter
  /** Undefined as long as nobody counts. */
  resource(): Resource | undefined
  /** Tells what has not been told yet. */
  close(): Promise<void>
}

interface ClosingCounter extends SharedCounter {
  close(): Promise<void>
}

export function createCounters(
  { config, release }: Pick<BackingRuntime, 'config' | 'release'>,
  redis: RedisPort,
): Counters {
  const counters = new Map<string, ClosingCounter>()
  const prefix = config.KEY_PREFIX ?? release.name
  const { attached } = redis

  return {
    forFeature: (feature) => (name) => {
      const key = `${prefix}:${feature}:${name}`
      const counter = counters.get(key) ?? (attached ? createShared(redis, key) : createOwn())
      counters.set(key, counter)
      return counter
    },
    resource() {
      if (counters.size === 0) return undefined
      return attached
        ? { port: 'counter', adapter: 'redis', name: attached.name }
        : { port: 'counter', adapter: 'memory' }
    },
    close: async () => void (await Promise.all([...counters.values()].map((counter) => counter.close()))),
  }
}

function createOwn(): ClosingCounter {
  let total = 0
  return {
    add(count = 1) {
      total += count
    },
    total: async () => total,
    close: async () => {},
  }
}

/** What is told to Redis at once, and told again under the same number as long as there is no answer. */
interface Batch {
  number: number
  count: number
}

function createShared(redis: RedisPort, key: string): ClosingCounter {
  const teller = randomUUID()
  let known = 0
  let pending = 0
  let batch: Batch = { number: 0, count: 0 }
  let telling: Promise<boolean> | undefined
  let timer: NodeJS.Timeout | undefined

  return {
    add(count = 1) {
      pending += count
      tellSoon()
    },
    async total() {
      await tell()
      return known + batch.count + pending
    },
    async close() {
      await telling
      while (pending + batch.count > 0 && (await tell()));
      clearTimeout(timer)
    },
  }

  function tellSoon() {
    timer ??= setTimeout(tell, TELL_AFTER_MS).unref()
  }

  /** @returns whether Redis has answered */
  function tell(): Promise<boolean> {
    telling ??= tellBatch()
    return telling
  }

  async function tellBatch() {
    clearTimeout(timer)
    timer = undefined
    if (batch.count === 0) {
      batch = { number: batch.number + 1, count: pending }
      pending = 0
    }
    const told = await redis.breaker.attempt(async () => addOnce(await redis.open(), key, { teller, ...batch }))
    if (told) {
      known = told.result
      batch.count = 0
    }
    telling = undefined
    if (pending + batch.count > 0) tellSoon()
    return told !== undefined
  }
}

/** How long Redis remembers the last batch of a teller: longer than a dying connection may hold one back. */
const REMEMBERED_SECONDS = 3600

/** Redis may have heard a batch though its answer was lost: so it counts it once, however often it is told. */
const ADD_ONCE = `
if tonumber(redis.call('get', KEYS[2]) or 0) >= tonumber(ARGV[1]) then return tonumber(redis.call('get', KEYS[1]) or 0) end
redis.call('set', KEYS[2], ARGV[1], 'EX', ARGV[3])
return redis.call('incrby', KEYS[1], ARGV[2])`

async function addOnce(redis: Redis, key: string, { teller, number, count }: Batch & { teller: string }) {
  if (count === 0) return Number((await redis.get(key)) ?? 0)
  return Number(await redis.eval(ADD_ONCE, 2, key, `${key}:${teller}`, number, count, REMEMBERED_SECONDS))
}
