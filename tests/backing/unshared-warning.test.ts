import { expect, test } from 'vitest'
import { warnOfUnshared } from '../../src/backing/unshared-warning.ts'

test.each([
  ['database', 'sqlite'],
  ['cache', 'file'],
  ['rate limit', 'memory'],
  ['counter', 'memory'],
])('the second instance warns that it has a %s of its own', (port, adapter) => {
  const warning = `instance 1 has a ${port} of its own; bind one that all share`

  expect(warnOfUnshared({ port, adapter }, { instance: '1' })).toEqual({ port, adapter, warning })
  expect(warnOfUnshared({ port, adapter }, { instance: '0' })).toEqual({ port, adapter })
})

test.each([
  ['database', 'postgresql'],
  ['cache', 'redis'],
  ['cache', 'memcached'],
  ['cache', 'memory'],
  ['rate limit', 'redis'],
])('a %s in %s causes no warning', (port, adapter) => {
  expect(warnOfUnshared({ port, adapter }, { instance: '1' })).toEqual({ port, adapter })
})
