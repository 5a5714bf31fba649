// The parameters of PostgreSQL's addresses that lead to hosts.

import { expect, test } from 'vitest'
import { addressComplaints, addressesOf } from '../../../src/backing/database/postgres/addresses.ts'
import { openServiceRuntime } from '../../../src/main.ts'
import { createRuntime } from '../fixtures/runtime.ts'

test.each([
  ['postgres://a:1/db', ['postgres://a:1/db']],
  ['postgres://a/db?host=/var/run/postgresql', ['postgres://a/db?host=/var/run/postgresql']],
  ['postgres://a/db?host=b,c', ['postgres://a/db?host=b', 'postgres://a/db?host=c']],
  ['postgres://a/db?host=b,c&port=1,2', ['postgres://a/db?host=b&port=1', 'postgres://a/db?host=c&port=2']],
  ['postgres://a/db?host=b,c&port=1', ['postgres://a/db?host=b&port=1', 'postgres://a/db?host=c&port=1']],
])('%s leads to %j', (address, expected) => {
  expect(addressesOf(address)).toEqual(expected.map((each) => new URL(each).href))
})

test.each(['any', 'read-write', 'primary'])('target_session_attrs=%s is respected', (attributes) => {
  expect(complaintsAbout(`target_session_attrs=${attributes}`)).toEqual([])
})

test.each([
  [
    'target_session_attrs=standby',
    'DATABASE_URL must not set target_session_attrs to standby: the service writes, so leave it out, or set read-write',
  ],
  [
    'target_session_attrs=secret',
    'DATABASE_URL must not set target_session_attrs to this value: the service writes, so leave it out, or set read-write',
  ],
  ['hostaddr=127.0.0.1', 'DATABASE_URL must not set hostaddr: name the address as the host'],
  ['host=a,b&port=1,2,3', 'DATABASE_URL must list one port, or as many as hosts'],
])('an address with %s ends the start', (parameters, complaint) => {
  const env = { DATABASE_URL: `postgres://a,b/db?${parameters}` }

  expect(complaintsAbout(parameters)).toEqual([complaint])
  expect(() => openServiceRuntime(env, [], { process: 'web' })).toThrow(
    expect.objectContaining({ complaints: [complaint] }),
  )
})

test('an SQLite file and a missing binding cause no complaint', () => {
  expect(addressComplaints(createRuntime({ DATABASE_URL: 'sqlite:file' }).runtime.bindings)).toEqual([])
  expect(addressComplaints(createRuntime({}).runtime.bindings)).toEqual([])
})

const complaintsAbout = (parameters: string) =>
  addressComplaints(createRuntime({ DATABASE_URL: `postgres://a,b/db?${parameters}` }).runtime.bindings)
