// Factor IV: bindings are listed, and their secrets are not shown.

import { expect, test } from 'vitest'
import { runService, startFixture } from './service.ts'

const marker = 'm4rker-pa55word'

const VCAP_SERVICES = JSON.stringify({
  'p.mysql': [{ name: 'ledger', label: 'p.mysql', tags: ['mysql'], credentials: { uri: `mysql://u:${marker}@db/x` } }],
  postgresql: [
    {
      name: 'orders-db',
      label: 'postgresql',
      plan: 'small',
      tags: ['postgres'],
      credentials: { uri: `postgres://user:${marker}@db.example.com:5432/orders`, password: marker },
    },
  ],
  'user-provided': [{ name: 'mailer', label: 'user-provided', tags: [], credentials: { api_key: marker } }],
})

test('bindings are listed', async () => {
  await using service = await startFixture({ env: { VCAP_SERVICES } })

  const { body, json } = await service.fetch('/info')

  expect(json<{ bound: object[] }>().bound).toContainEqual(
    expect.objectContaining({ kind: 'database', name: 'orders-db', label: 'postgresql', source: 'VCAP_SERVICES' }),
  )
  expect(body).toContain('ledger')
  expect(body).toContain('mailer')
})

test('the secrets of bindings are shown nowhere', async () => {
  await using service = await startFixture({ env: { VCAP_SERVICES, LOG_LEVEL: 'trace' } })
  const paths = ['/info', '/metrics', '/health/live', '/health/ready', '/openapi.json', '/fixture/throw', '/nowhere']

  const answers = await Promise.all(paths.map((path) => service.fetch(path)))
  service.signal('SIGTERM')
  await service.ended

  expect(answers.map(({ headers, body }) => JSON.stringify([...headers]) + body).join()).not.toContain(marker)
  expect(service.log.text()).not.toContain(marker)
})

test.each([
  ['is no JSON', { VCAP_SERVICES: `{"p.redis": [{"credentials": {"password": "${marker}"` }, 'VCAP_SERVICES'],
  ['is no object', { VCAP_SERVICES: `["${marker}"]` }, 'VCAP_SERVICES'],
  ['has no list', { VCAP_SERVICES: `{"p.redis": {"password": "${marker}"}}` }, 'VCAP_SERVICES'],
  ['names no file', { VCAP_SERVICES_FILE_PATH: '/nowhere/vcap_services' }, 'VCAP_SERVICES_FILE_PATH'],
  ['names no folder', { SERVICE_BINDING_ROOT: '/nowhere' }, 'SERVICE_BINDING_ROOT'],
  ['is no address', { REDIS_URL: marker }, 'REDIS_URL'],
])(
  'a document that %s ends the service with exit code 1 and is named',
  async (_what, env: Record<string, string>, name) => {
    const { code, log } = await runService({ env })

    expect(code).toBe(1)
    expect(log.lines).toEqual([expect.objectContaining({ level: 'fatal' })])
    expect(log.text()).toContain(name)
    expect(log.text()).not.toContain(marker)
  },
)
