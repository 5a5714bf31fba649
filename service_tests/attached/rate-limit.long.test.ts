// The rate limit with a Redis that instances share: one quota for all of them, and one for each while Redis is down.

import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { readMetric } from '../metrics-text.ts'
import { type Service, startFixture } from '../service.ts'
import { faults } from './fixtures/faults.ts'
import { watchLiveness } from './fixtures/liveness.ts'
import { shared } from './fixtures/shared.ts'

const withRedis = test.skipIf(redis.missing())
const sharedRedis = shared(() => openRedis())

const QUOTA = 20

/** On a busy machine, a reply of Redis may take longer than production allows. */
const patient = { CACHE_TIMEOUT_MS: '10000' }

withRedis('instances that share a Redis share the quota of each client', async () => {
  const redisEnv = { REDIS_URL: (await sharedRedis()).url, KEY_PREFIX: 'quota', ...patient }
  const env = { ...redisEnv, RATE_LIMIT_PER_MINUTE: `${QUOTA}` }
  await using first = await startFixture({ env })
  await using second = await startFixture({ env })
  await Promise.all([untilCountedByRedis(first), untilCountedByRedis(second)])

  const statuses: number[] = []
  while (statuses.length < QUOTA + 2) {
    for (const service of [first, second]) statuses.push((await service.fetch('/info')).status)
  }

  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(QUOTA)
  expect(statuses.slice(-2)).toEqual([429, 429])
})

withRedis('the rest of a quota outlives the instance', async () => {
  const redisEnv = { REDIS_URL: (await sharedRedis()).url, KEY_PREFIX: 'outlives', ...patient }
  const env = { ...redisEnv, RATE_LIMIT_PER_MINUTE: '1000' }
  const remainingOfOne = async () => {
    await using service = await startFixture({ env })
    await untilCountedByRedis(service)
    return await readRemaining(service)
  }

  const before = await remainingOfOne()
  const after = await remainingOfOne()

  expect(after).toBeLessThan(before)
})

withRedis.each(faults)(
  'with a Redis that %s, each instance limits on its own, and counts the fallbacks',
  async (_what, fault) => {
    await using server = await openRedis()
    // Waiting for the connection takes some of the quota. A frozen Redis costs the time limit once a second.
    const env = { REDIS_URL: server.url, RATE_LIMIT_PER_MINUTE: '200', CACHE_TIMEOUT_MS: '500' }
    await using service = await startFixture({ env })
    await untilCountedByRedis(service)

    {
      await using _steady = watchLiveness(service)
      await fault.begin(server)
      const statuses: number[] = []
      while (statuses.at(-1) !== 429) statuses.push((await service.fetch('/info')).status)
      const ready = await service.fetch('/health/ready')
      const fallbacks = await countFallbacks(service)
      await fault.end(server)

      expect(new Set(statuses)).toEqual(new Set([200, 429]))
      expect(ready.status).toBe(200)
      expect(fallbacks).toBeGreaterThan(0)
    }
    await untilCountedByRedis(service)
  },
)

withRedis('without a bound Redis the limit is counted in memory, and there is no metric of fallbacks', async () => {
  await using service = await startFixture({ env: { RATE_LIMIT_PER_MINUTE: '60' } })

  const remaining = [await readRemaining(service), await readRemaining(service)]

  expect(remaining).toEqual([59, 58])
  expect((await service.fetch('/metrics')).body).not.toContain('rate_limit_fallbacks_total')
})

/** Waits until Redis counts; before that, the connection is not up yet. */
async function untilCountedByRedis(service: Service) {
  const isCounted = async () => {
    const before = await countFallbacks(service)
    await service.fetch('/info')
    return (await countFallbacks(service)) === before
  }
  await until(isCounted, { otherwise: () => 'Redis does not count.' })
}

const countFallbacks = (service: Service) => readMetric(service, 'rate_limit_fallbacks_total')

async function readRemaining(service: Service): Promise<number> {
  const { headers } = await service.fetch('/info')
  return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1])
}
