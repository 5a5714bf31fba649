import { expect, test } from 'vitest'
import { missingChoices } from '../../src/backing/settings.ts'
import { createParts } from './parts.ts'

const complaints = (env: NodeJS.ProcessEnv) => {
  const { parts } = createParts(env)
  return missingChoices(parts.config, parts.bindings)
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
])('%j can be done', (env) => {
  expect(complaints(env)).toEqual([])
})
