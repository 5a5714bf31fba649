import { expect, test } from 'vitest'
import { ConfigError, integer } from '../../src/chassis/config.ts'
import { readEnvironment } from '../../src/chassis/environment.ts'
import { chassisSettings } from '../../src/chassis/settings.ts'

test('settings and bindings are read together', () => {
  const { config, bindings } = readEnvironment({ PORT: '9', REDIS_URL: 'redis://cache' }, chassisSettings)

  expect(config.PORT).toBe(9)
  expect(bindings.of('redis')?.urls).toEqual(['redis://cache'])
})

test('errors in settings and bindings are reported together', () => {
  const settings = { ...chassisSettings, NOTES_MAX: integer('how many notes', 10) }
  const read = () =>
    readEnvironment({ PORT: 'x', NOTES_MAX: 'y', REDIS_URL: 'amqp://cache', VCAP_SERVICES: '{' }, settings)

  const complaints = complaintsOf(read)

  for (const name of ['PORT', 'NOTES_MAX', 'REDIS_URL', 'VCAP_SERVICES']) {
    expect(complaints).toContainEqual(expect.stringContaining(name))
  }
})

test('contradictions are reported together with other errors', () => {
  const read = () =>
    readEnvironment({ PORT: '1', METRICS_PORT: '1' }, chassisSettings, (config, bindings) => [
      `${config.PORT} and ${bindings.list().length}`,
    ])

  expect(complaintsOf(read)).toEqual([expect.stringContaining('METRICS_PORT'), '1 and 0'])
})

test('draining must take less time than stopping', () => {
  const read = () => readEnvironment({ DRAIN_SECONDS: '8', SHUTDOWN_SECONDS: '8' }, chassisSettings)

  expect(complaintsOf(read)).toEqual([
    'DRAIN_SECONDS must be less than SHUTDOWN_SECONDS, so that requests in flight can finish',
  ])
})

test('METRICS_PORT can’t be the port of the service', () => {
  const read = () => readEnvironment({ PORT: '8080', METRICS_PORT: '8080' }, chassisSettings)

  expect(complaintsOf(read)).toEqual(['METRICS_PORT must not be the same as PORT; leave it out to share the port'])
})

function complaintsOf(read: () => unknown): readonly string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error.complaints
    throw error
  }
  return []
}
