import { expect, test } from 'vitest'
import {
  ConfigError,
  flag,
  integer,
  list,
  oneOf,
  optional,
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
