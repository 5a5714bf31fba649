import { expect, test } from 'vitest'
import { keepReaching, reachingVariables } from '../../../scripts/rehearse/npm.ts'

test('staging learns how to reach the registry, and nothing else of a user’s settings', () => {
  const npmrc =
    'registry=https://npm.example.com/\n//npm.example.com/:_authToken=secret\n@our:registry = https://our.example.com\nprefix=/home/me\ninclude=dev\n'

  expect(keepReaching(npmrc).split('\n')).toEqual([
    'registry=https://npm.example.com/',
    '//npm.example.com/:_authToken=secret',
    '@our:registry = https://our.example.com',
  ])
})

test('variables count like settings', () => {
  const env = {
    npm_config_registry: 'https://npm.example.com/',
    npm_config_cache: '/mine',
    HTTPS_PROXY: 'http://proxy',
    HOME: '/me',
  }

  expect(Object.keys(reachingVariables(env))).toEqual(['npm_config_registry', 'HTTPS_PROXY'])
})
