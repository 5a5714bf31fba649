import { expect, test } from 'vitest'
import { kindOf, readdress } from '../../src/platform/services.ts'

test.each([
  ['database', 'postgresql'],
  ['shop-postgres', 'postgresql'],
  ['cache', 'redis'],
  ['memcached', 'memcached'],
  ['broker', 'rabbitmq'],
  ['upstream', 'user-provided'],
])('a service bound as "%s" is %s', (name, label) => {
  expect(kindOf(name).label).toBe(label)
})

test('credentials are rewritten for another address', () => {
  const credentials = { uri: 'postgres://u:p@127.0.0.1:5001/service', host: '127.0.0.1', port: 5001, name: 'service' }

  expect(readdress(credentials, { host: '127.0.0.1', port: 5001 }, { host: '10.255.1.1', port: 6000 })).toEqual({
    uri: 'postgres://u:p@10.255.1.1:6000/service',
    host: '10.255.1.1',
    port: 6000,
    name: 'service',
  })
})
