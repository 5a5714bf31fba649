// A Redis that speaks TLS, by a certificate of an authority that only those trust who are told to.

import { createAuthority, openssl } from 'private-servers/authority'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { readMetric } from '../metrics-text.ts'
import { type Service, startFixture } from '../service.ts'
import { shared } from './shared.ts'
import { distrust, trusts } from './trust.ts'

const withRedis = test.skipIf([redis.missing(), openssl.missing()].includes(true))
const authority = shared(createAuthority)
const server = shared(async () => openRedis({ tls: await authority(), password: 'secret' }))

withRedis.each(trusts)('a Redis is trusted whose authority %s', async (_name, trust) => {
  using trusting = trust(await server(), await authority(), 'REDIS_URL')
  await using service = await startFixture({ env: { ...trusting.env, RATE_LIMIT_PER_MINUTE: '100000' } })

  const isCounted = async () => (await fallbacksOfOne(service)) === 0

  await until(isCounted, { otherwise: () => `Redis is not used:\n${service.log.text()}` })
})

withRedis('a Redis whose authority nobody knows is not used, and the log says why', async () => {
  await using service = await startFixture({
    env: { ...distrust(await server(), 'REDIS_URL'), RATE_LIMIT_PER_MINUTE: '100000' },
  })

  await service.log.find({ message: 'Redis fails' })
  const fallbacks = [await fallbacksOfOne(service), await fallbacksOfOne(service)]

  expect(fallbacks).toEqual([1, 1])
  expect(service.log.text()).toMatch(/certificate/)
})

/** How often one request was counted by the instance alone. */
async function fallbacksOfOne(service: Service): Promise<number> {
  const before = await readMetric(service, 'rate_limit_fallbacks_total')
  await service.fetch('/info')
  return (await readMetric(service, 'rate_limit_fallbacks_total')) - before
}
