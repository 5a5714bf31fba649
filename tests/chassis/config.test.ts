import { expect, test } from 'vitest'
import {
  ConfigError,
  flag,
  integer,
  list,
  oneOf,
  optional,
  origins,
  readConfig,
  secret,
  text,
} from '../../src/chassis/config.ts'

test('a setting that is not set has its default', () => {
  const settings = {
    NAME: text('the name', 'demo'),
    LIMIT: integer('how many', 10),
    LOUD: flag('whether to shout', false),
  }

  expect(readConfig({}, settings)).toEqual({ NAME: 'demo', LIMIT: 10, LOUD: false })
})

test('an empty setting counts as not set', () => {
  expect(readConfig({ LIMIT: '' }, { LIMIT: integer('how many', 10) })).toEqual({ LIMIT: 10 })
})

test('settings have the types that they are declared with', () => {
  const settings = {
    LIMIT: integer('how many', 10),
    LEVEL: oneOf('how loud', ['low', 'high'], 'low'),
    LOUD: flag('whether to shout', false),
    ORIGINS: list('from where'),
  }
  const env = { LIMIT: '42', LEVEL: 'high', LOUD: 'true', ORIGINS: ' https://a.example , https://b.example,' }

  expect(readConfig(env, settings)).toEqual({
    LIMIT: 42,
    LEVEL: 'high',
    LOUD: true,
    ORIGINS: ['https://a.example', 'https://b.example'],
  })
})

test('an optional setting may be missing, but not invalid', () => {
  const settings = { METRICS_PORT: optional(integer('a port', undefined, { max: 65535 })) }

  expect(readConfig({}, settings)).toEqual({ METRICS_PORT: undefined })
  expect(() => readConfig({ METRICS_PORT: 'no' }, settings)).toThrow(ConfigError)
})

test('all invalid settings are reported at once', () => {
  const settings = {
    NAME: text('what the service is called'),
    LIMIT: integer('how many to keep', 10, { min: 1, max: 99 }),
    LEVEL: oneOf('how loud', ['low', 'high'], 'low'),
    LOUD: flag('whether to shout', false),
  }

  expect(complaintsOf({ LIMIT: '0', LEVEL: 'mid', LOUD: 'yes' }, settings)).toEqual([
    'NAME is not set (what the service is called)',
    'LIMIT must be a whole number from 1 to 99, not "0" (how many to keep)',
    'LEVEL must be one of low, high, not "mid" (how loud)',
    'LOUD must be one of true, false, not "yes" (whether to shout)',
  ])
})

test.each(['1.5', '0x10', '1e3', ' ', 'NaN', '٣', '9007199254740993'])('%j is not a whole number', (given) => {
  expect(complaintsOf({ LIMIT: given }, { LIMIT: integer('how many', 10) })).toHaveLength(1)
})

test.each([
  ['https://a.example/', 'https://a.example'],
  ['HTTPS://A.Example', 'https://a.example'],
  ['https://a.example:443', 'https://a.example'],
  ['http://a.example:80/', 'http://a.example'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['https://[2001:DB8:0::1]:8443', 'https://[2001:db8::1]:8443'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['capacitor://localhost', 'capacitor://localhost'],
  ['*', '*'],
])('the origin %s is %s, as browsers send it', (given, sent) => {
  expect(readConfig({ ORIGINS: given }, { ORIGINS: origins('from where') })).toEqual({ ORIGINS: [sent] })
})

test.each([
  'a.example',
  'localhost:3000',
  'null',
  'https://',
  'https://a.example/app',
  'https://a.example?x=1',
  'https://a.example/#',
  'https://user@a.example',
  'https://a.example:port',
  'https://a.example https://b.example',
  'https://*.a.example',
  'https://*',
])('%s is not an origin, and the complaint quotes it', (given) => {
  const [complaint] = complaintsOf({ ORIGINS: `https://ok.example, ${given}` }, { ORIGINS: origins('from where') })

  expect(complaint).toMatch(/^ORIGINS must /)
  expect(complaint).toContain(`"${given}"`)
})

test.each([
  ['METRICS_PORT', 'Kubernetes sets it for a service called metrics', ', or rename the service'],
  ['ORDER_API_PORT', 'Kubernetes sets it for a service called order-api', ', or rename the service'],
  ['PORT', 'Kubernetes sets such addresses', ''],
])('an address of Kubernetes in %s is explained, with the remedy', (name, origin, rename) => {
  const settings = { [name]: integer('a port', 0, { max: 65535 }) }

  expect(complaintsOf({ [name]: 'tcp://10.96.0.12:9090' }, settings)).toEqual([
    `${name} must be a whole number from 0 to 65535, not "tcp://10.96.0.12:9090" (a port). ${origin}: ` +
      `set enableServiceLinks to false in the pod, or ${name} to a value of its own${rename}`,
  ])
})

test('the value of a secret is not shown', () => {
  const settings = { KEY: secret(oneOf('the key', ['known'])) }

  expect(complaintsOf({ KEY: 'hunter2' }, settings)).toEqual(['KEY must be one of known (the key)'])
})

test('the configuration can’t be changed', () => {
  const config = readConfig({}, { LIMIT: integer('how many', 10) }) as { LIMIT: number }

  expect(() => {
    config.LIMIT = 11
  }).toThrow(TypeError)
})

function complaintsOf(env: NodeJS.ProcessEnv, settings: Parameters<typeof readConfig>[1]) {
  try {
    readConfig(env, settings)
  } catch (error) {
    return (error as ConfigError).complaints
  }
  return []
}
