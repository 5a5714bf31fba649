// Counters that all instances share, where Redis is bound. What is counted is told once a second, so that counting costs
// a request nothing.

import type { Resource } from '../chassis/web/info.ts'
import type { SharedCounter } from '../ports.ts'
import type { BackingParts } from './parts.ts'
import { createPause } from './pause.ts'
import type { RedisPort } from './redis.ts'

const FLUSH_AFTER_MS = 1000

export interface Counters {
  lendTo(feature: string): (name: string) => SharedCounter
  resource(): Resource | undefined
  /** Tells what has not been told yet. */
  close(): Promise<void>
}

export function createCounters(
  { config, release }: Pick<BackingParts, 'config' | 'release'>,
  redis: RedisPort,
): Counters {
  const { attempt } = createPause({ timeoutMs: config.CACHE_TIMEOUT_MS })
  const flushes: (() => Promise<void>)[] = []
  const prefix = config.KEY_PREFIX ?? release.name
  let resource: Resource | undefined

  return {
    lendTo: (feature) => (name) => {
      if (!redis.attached) {
        resource = { port: 'counter', adapter: 'memory' }
        return createOwn()
      }
      resource = { port: 'counter', adapter: 'redis', name: redis.attached.name }
      return createShared(`${prefix}:${feature}:${name}`)
    },
    resource: () => resource,
    close: async () => void (await Promise.all(flushes.map((flush) => flush()))),
  }

  function createShared(key: string): SharedCounter {
    let pending = 0
    let known = 0
    let timer: NodeJS.Timeout | undefined
    flushes.push(flush)

    return {
      add(count = 1) {
        pending += count
        timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref()
      },
      async total() {
        await flush()
        return known + pending
      },
    }

    async function flush() {
      clearTimeout(timer)
      timer = undefined
      const counted = pending
      pending = 0
      const told = await attempt(async () => (await redis.open()).incrby(key, counted))
      if (told) {
        known = told.result
        return
      }
      // It is told again, though Redis may have heard it and only its answer was lost: rather too much than too little.
      pending += counted
      if (pending > 0) timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref()
    }
  }
}

function createOwn(): SharedCounter {
  let total = 0
  return {
    add(count = 1) {
      total += count
    },
    total: async () => total,
  }
}
