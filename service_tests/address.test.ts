// Factor VII: where the service can be reached. Probes and routers come over the container's own address, not loopback.

import { lookup } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'
import { isMissing } from 'private-servers/requirements'
import { afterAll, expect, test } from 'vitest'
import { startService } from './service.ts'

// Shared, because no test changes the service.
const service = await startService()
afterAll(() => service[Symbol.asyncDispose]())

const name = hostname()
const unnamed = isMissing(await lookup(name).catch(() => undefined), `Add the machine's name, ${name}, to /etc/hosts.`)

/** Every address that a platform could probe. */
const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
const hosts = addresses.flatMap(({ address, family }) => {
  if (address.startsWith('fe80:')) return [] // Means nothing without the interface.
  return family === 'IPv6' ? `[${address}]` : address
})
// A machine without a network has only the loopback interface, all of which answers to more than 127.0.0.1.
if (addresses.every(({ internal }) => internal)) hosts.push('127.0.0.2')

test.each(hosts)('the service listens on %s', async (host) => {
  const { status } = await fetch(`http://${host}:${service.port}/health/live`)

  expect(status).toBe(200)
})

test.skipIf(unnamed)('the service can be reached by the name of its machine', async () => {
  await using named = await startService({ host: name })

  const { status } = await named.fetch('/health/live')

  expect(status).toBe(200)
})

test('one line of the log says where the service listens', () => {
  const { listening, port } = service

  expect(listening).toMatchObject({ level: 'info', port, url: `http://localhost:${port}/` })
})
