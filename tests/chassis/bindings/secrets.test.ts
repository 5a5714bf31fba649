// Credentials are never shown, neither in a listing nor in an error.

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readBindings } from '../../../src/chassis/bindings/read-bindings.ts'
import { bound, documentOf, everythingAbout, userProvided } from './fixtures/environment.ts'

const offerings = readdirSync(new URL('fixtures', import.meta.url)).flatMap(
  (file) => /(.+)\.json$/.exec(file)?.[1] ?? [],
)

test.each(offerings)('a listing shows no secret of %s', (offering) => {
  const document = documentOf(offering)

  expect(document).toContain('MARKER')
  expect(JSON.stringify(readBindings({ VCAP_SERVICES: document }).list())).not.toContain('MARKER')
})

const mistakes: [string, NodeJS.ProcessEnv][] = [
  ['JSON that ends too early', { VCAP_SERVICES: documentOf('p-redis').slice(0, -3) }],
  ['JSON that is none', { VCAP_SERVICES: 'MARKER' }],
  ['another shape', { VCAP_SERVICES: '{"MARKER": "MARKER"}' }],
  ['JSON in place of a path', { VCAP_SERVICES_FILE_PATH: '{"MARKER": 1}' }],
  ['an address in place of a folder', { SERVICE_BINDING_ROOT: 'postgres://MARKER' }],
  ['an address of another scheme', { DATABASE_URL: 'MARKER://me:MARKER@MARKER/x' }],
  ['a password in place of an address', { REDIS_URL: 'MARKER' }],
  ['an address that is none', { AMQP_URL: 'amqp://MARKER:MARKER@ho st/x' }],
  ['an address of the Web that is none', { UPSTREAM_URL: 'https://MARKER:MARKER@ho st/x' }],
  [
    'an address in place of a choice',
    { ...bound(userProvided('redis', { uri: 'redis://h' })), CACHE_SERVICE: 'redis://MARKER' },
  ],
  ['a host that is none', bound(userProvided('redis', { host: 'MARKER x', password: 'MARKER' }))],
  ['no host at all', bound(userProvided('orders', { hst: 'MARKER', password: 'MARKER' }, { tags: ['postgresql'] }))],
  ['a certificate that is none', bound(userProvided('redis', { host: 'h', ca: 'MARKER' }))],
  ['a service chosen for what it is not', { VCAP_SERVICES: documentOf('p.mysql'), DATABASE_SERVICE: 'database' }],
]

test.each(mistakes)('%s is reported without a secret', (_, env) => {
  const shown = everythingAbout(env)

  expect(shown).toContain('BindingsError')
  expect(shown).not.toContain('MARKER')
})
