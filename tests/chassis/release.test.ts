import { expect, test } from 'vitest'
import { isDeployed, readRelease } from '../../src/chassis/release.ts'

test.each([
  { VCAP_APPLICATION: '{}' },
  { DYNO: 'web.1' },
  { KUBERNETES_SERVICE_HOST: '10.96.0.1' },
  { NODE_ENV: 'production' },
])('a process with %j is deployed', (env) => {
  expect(isDeployed(env)).toBe(true)
})

test.each([{}, { NODE_ENV: 'development' }, { VCAP_APPLICATION: '' }])('a process with %j is not deployed', (env) => {
  expect(isDeployed(env)).toBe(false)
})

test('version and commit are those of the settings, and the instance is that of Cloud Foundry', () => {
  const release = readRelease({ VERSION: '9.9.9', COMMIT: 'abc1234' }, { CF_INSTANCE_INDEX: '3' })

  expect(release).toMatchObject({ version: '9.9.9', commit: 'abc1234', instance: '3' })
})

test('without settings the version is that of package.json', () => {
  const release = readRelease({ VERSION: undefined, COMMIT: undefined }, {})

  expect(release).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), commit: 'unknown', instance: '0' })
})
