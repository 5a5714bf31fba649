import { expect, test } from 'vitest'
import { keepRegistryLines, registryVariables } from '../../src/staging/npm.ts'

test('staging gets the registry settings of the user, and no others', () => {
  const npmrc =
    'registry=https://npm.example.com/\n//npm.example.com/:_authToken=secret\n@our:registry = https://our.example.com\nprefix=/home/me\ninclude=dev\n'

  expect(keepRegistryLines(npmrc).split('\n')).toEqual([
    'registry=https://npm.example.com/',
    '//npm.example.com/:_authToken=secret',
    '@our:registry = https://our.example.com',
  ])
})

test('staging gets the registry settings in environment variables, and no others', () => {
  const env = {
    npm_config_registry: 'https://npm.example.com/',
    npm_config_cache: '/mine',
    HTTPS_PROXY: 'http://proxy',
    HOME: '/me',
  }

  expect(Object.keys(registryVariables(env))).toEqual(['npm_config_registry', 'HTTPS_PROXY'])
})
