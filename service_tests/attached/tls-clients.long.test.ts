// A Redis that requires certificates from its clients.

import { readFileSync } from 'node:fs'
import { createAuthority, openssl } from 'private-servers/authority'
import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { readMetric } from '../metrics-text.ts'
import { runService, type Service, startFixture } from '../service.ts'
import { shared } from './fixtures/shared.ts'

const withRedis = test.skipIf([redis.missing(), openssl.missing()].includes(true))
const authority = shared(createAuthority)
const server = shared(async () => openRedis({ tls: await authority(), clientCertificates: true }))

const ways: [string, (files: Files, url: string) => Record<string, string>][] = [
  [
    'the address',
    ({ caFile, certFile, keyFile }, url) => ({
      REDIS_URL: `${url}?ssl_ca_certs=${caFile}&ssl_certfile=${certFile}&ssl_keyfile=${keyFile}`,
    }),
  ],
  [
    'a binding, whose line ends have become blanks',
    ({ caFile, certFile, keyFile }, uri) => {
      const [ca, client_cert, client_key] = [caFile, certFile, keyFile].map((file) =>
        readFileSync(file, 'utf8').replaceAll('\n', ' '),
      )
      const credentials = { uri, ca, client_cert, client_key }
      return { VCAP_SERVICES: JSON.stringify({ 'user-provided': [{ name: 'bound', credentials }] }) }
    },
  ],
]

withRedis.each(ways)('a Redis that requires a certificate gets the one in %s', async (_, configure) => {
  const files = { caFile: (await authority()).caFile, ...(await (await authority()).issueClient('service')) }
  const env = configure(files, (await server()).url)
  await using service = await startFixture({ env: { ...env, RATE_LIMIT_PER_MINUTE: '100000' } })

  const isCounted = async () => (await fallbacksOfOne(service)) === 0

  await until(isCounted, { otherwise: () => `Redis is not used:\n${service.log.text()}` })
})

withRedis('a key of another certificate ends the start', async () => {
  const { caFile, issueClient } = await authority()
  const [mine, other] = [await issueClient('service'), await issueClient('other')]
  const parameters = `ssl_ca_certs=${caFile}&ssl_certfile=${mine.certFile}&ssl_keyfile=${other.keyFile}`

  const { code, log } = await runService({ env: { REDIS_URL: `${(await server()).url}?${parameters}` } })

  expect(code).toBe(1)
  expect(log.text()).toContain('ssl_keyfile in REDIS_URL belongs to another one')
})

interface Files {
  caFile: string
  certFile: string
  keyFile: string
}

/** How many fallbacks one request causes: 0 where Redis counted it, 1 otherwise. */
async function fallbacksOfOne(service: Service): Promise<number> {
  const before = await readMetric(service, 'rate_limit_fallbacks_total')
  await service.fetch('/info')
  return (await readMetric(service, 'rate_limit_fallbacks_total')) - before
}
