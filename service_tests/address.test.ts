// Factor VII: where the service can be reached. Probes and routers come over the container's own address, not loopback.

import { lookup } from 'node:dns/promises'
import { hostname, networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { isMissing } from './requirements.ts'
import { startService } from './service.ts'

const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
/** A machine without a network has only the loopback interface, all of which answers to more than 127.0.0.1. */
const ownAddress = addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.2'
const name = await lookup(hostname()).catch(() => undefined)
const unnamed = isMissing(name, `Add the machine's name, ${hostname()}, to /etc/hosts.`)
const noIpv6 = isMissing(
  addresses.some(({ address }) => address === '::1'),
  'Enable IPv6 on the loopback interface.',
)

test('the service is reached at an address that is not 127.0.0.1', () => answersAt(ownAddress))

test.skipIf(unnamed)('the service is reached by the name of its machine', () => answersAt(hostname()))

test.skipIf(noIpv6)('the service is reached over IPv6', () => answersAt('::1'))

test('the log tells where the service listens, in one line', async () => {
  await using service = await startService()

  const { listening, port } = service

  expect(listening).toMatchObject({ level: 'info', port, url: `http://localhost:${port}/` })
})

async function answersAt(host: string) {
  await using service = await startService({ host })

  const live = await service.fetch('/health/live')

  expect(live.status).toBe(200)
}
