// Counters that all instances share where Redis is bound. Counts are flushed once a second, so that counting costs a
// request nothing.

import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { SharedCounter } from '../ports/counter.ts'
import type { Resource } from '../ports/operations.ts'
import type { RedisPort } from './redis.ts'
import { besideKey } from './redis-role.ts'
import type { BackingRuntime } from './runtime.ts'

const FLUSH_AFTER_MS = 1000

export interface Counters {
  forFeature(feature: string): (name: string) => SharedCounter
  /** Undefined until a feature opens a counter. */
  resource(): Resource | undefined
  /** Flushes what is pending. */
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
  const { binding } = redis

  return {
    forFeature: (feature) => (name) => {
      const key = `${prefix}:${feature}:${name}`
      const counter = counters.get(key) ?? (binding ? createRedisCounter(redis, key) : createMemoryCounter())
      counters.set(key, counter)
      return counter
    },
    resource() {
      if (counters.size === 0) return undefined
      return binding
        ? { port: 'counter', adapter: 'redis', name: binding.name }
        : { port: 'counter', adapter: 'memory' }
    },
    close: async () => void (await Promise.all([...counters.values()].map((counter) => counter.close()))),
  }
}

function createMemoryCounter(): ClosingCounter {
  let total = 0
  return {
    add(count = 1) {
      total += count
    },
    total: async () => total,
    close: async () => {},
  }
}

/** Sent to Redis as one addition, and sent again under the same number until Redis replies. */
interface Batch {
  number: number
  count: number
}

function createRedisCounter(redis: RedisPort, key: string): ClosingCounter {
  const sender = randomUUID()
  /** The shared total as of the last reply. */
  let known = 0
  /** Counted since the batch began. */
  let pending = 0
  let batch: Batch = { number: 0, count: 0 }
  let flushing: Promise<boolean> | undefined
  let timer: NodeJS.Timeout | undefined

  return {
    add(count = 1) {
      pending += count
      flushSoon()
    },
    async total() {
      await flush()
      return known + batch.count + pending
    },
    async close() {
      await flushing
      while (pending + batch.count > 0 && (await flush()));
      clearTimeout(timer)
    },
  }

  function flushSoon() {
    timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref()
  }

  /** @returns whether Redis replied */
  function flush(): Promise<boolean> {
    flushing ??= flushBatch()
    return flushing
  }

  async function flushBatch() {
    clearTimeout(timer)
    timer = undefined
    if (batch.count === 0) {
      batch = { number: batch.number + 1, count: pending }
      pending = 0
    }
    const flushed = await redis.breaker.attempt(async () => addOnce(await redis.open(), key, { sender, ...batch }))
    if (flushed) {
      known = flushed.result
      batch.count = 0
    }
    flushing = undefined
    if (pending + batch.count > 0) flushSoon()
    return flushed !== undefined
  }
}

/** How long Redis remembers the last batch of a sender: longer than a dying connection may delay one. */
const REMEMBERED_SECONDS = 3600

/** Idempotent: Redis may have applied a batch whose reply was lost, so a batch number is applied only once. */
const ADD_ONCE = `
if tonumber(redis.call('get', KEYS[2]) or 0) >= tonumber(ARGV[1]) then return tonumber(redis.call('get', KEYS[1]) or 0) end
redis.call('set', KEYS[2], ARGV[1], 'EX', ARGV[3])
return redis.call('incrby', KEYS[1], ARGV[2])`

async function addOnce(redis: Redis, key: string, { sender, number, count }: Batch & { sender: string }) {
  if (count === 0) return Number((await redis.get(key)) ?? 0)
  return Number(await redis.eval(ADD_ONCE, 2, key, besideKey(key, sender), number, count, REMEMBERED_SECONDS))
}
