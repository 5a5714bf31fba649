// A Redis that requires TLS, with a certificate of a private authority.

import { createAuthority, openssl } from 'private-servers/authority'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { readMetric } from '../metrics-text.ts'
import { type Service, startFixture } from '../service.ts'
import { shared } from './fixtures/shared.ts'
import { distrust, trusts } from './fixtures/trust.ts'

const withRedis = test.skipIf([redis.missing(), openssl.missing()].includes(true))
const authority = shared(createAuthority)
const server = shared(async () => openRedis({ tls: await authority(), password: 'secret' }))

withRedis.each(trusts)('a Redis is used whose authority %s', async (_name, trust) => {
  using trusting = trust(await server(), await authority(), 'REDIS_URL')
  await using service = await startFixture({ env: { ...trusting.env, RATE_LIMIT_PER_MINUTE: '100000' } })

  const isCounted = async () => (await fallbacksOfOne(service)) === 0

  await until(isCounted, { otherwise: () => `Redis is not used:\n${service.log.text()}` })
})

withRedis('a Redis whose authority is not trusted is not used, and the log says why', async () => {
  await using service = await startFixture({
    env: { ...distrust(await server(), 'REDIS_URL'), RATE_LIMIT_PER_MINUTE: '100000' },
  })

  await service.log.find({ message: 'Redis fails' })
  const fallbacks = [await fallbacksOfOne(service), await fallbacksOfOne(service)]

  expect(fallbacks).toEqual([1, 1])
  expect(service.log.text()).toMatch(/certificate/)
})

/** How many fallbacks one request causes: 0 where Redis counted it, 1 otherwise. */
async function fallbacksOfOne(service: Service): Promise<number> {
  const before = await readMetric(service, 'rate_limit_fallbacks_total')
  await service.fetch('/info')
  return (await readMetric(service, 'rate_limit_fallbacks_total')) - before
}
