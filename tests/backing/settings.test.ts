import { expect, test } from 'vitest'
import { cacheComplaints } from '../../src/backing/settings.ts'
import { createRuntime } from './fixtures/runtime.ts'

const withTls = {
  VCAP_SERVICES: JSON.stringify({
    memcached: [{ name: 'my-cache', label: 'memcached', credentials: { host: 'cache', port: 11211, tls: true } }],
  }),
}

const complaints = (env: NodeJS.ProcessEnv) => {
  const { runtime } = createRuntime(env)
  return cacheComplaints(runtime.config, runtime.bindings)
}

test.each(['redis', 'memcached'])('CACHE=%s is refused where none is bound', (CACHE) => {
  const other = CACHE === 'redis' ? { MEMCACHED_URL: 'memcached://cache' } : { REDIS_URL: 'redis://cache' }

  expect(complaints({ CACHE, ...other })).toEqual([
    `CACHE must not be ${CACHE} where none is bound: set ${CACHE.toUpperCase()}_URL or bind one`,
  ])
})

test.each([
  {},
  { CACHE: 'memory' },
  { CACHE: 'file' },
  { CACHE: 'redis', REDIS_URL: 'redis://cache' },
  { CACHE: 'memcached', MEMCACHED_URL: 'memcached://cache' },
  { CACHE: 'memory', ...withTls },
  { REDIS_URL: 'redis://cache', ...withTls },
])('%j is accepted', (env) => {
  expect(complaints(env)).toEqual([])
})

test('a Memcached that requires TLS is refused where it would be used, since the password would be sent in plain text', () => {
  expect(complaints(withTls)).toEqual([expect.stringMatching(/^my-cache requires TLS/)])
  expect(complaints({ CACHE: 'memcached', ...withTls })).toEqual([expect.stringMatching(/^my-cache requires TLS/)])
})
