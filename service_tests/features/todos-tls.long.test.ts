// A PostgreSQL with TLS, whose certificate is from an authority that is not trusted by default; and a PostgreSQL on
// another address than localhost.

import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { createAuthority, openssl } from 'private-servers/authority'
import { openPostgres, postgresMissing } from 'private-servers/postgres'
import { expect, test } from 'vitest'
import { shared } from '../attached/fixtures/shared.ts'
import { distrust, trusts } from '../attached/fixtures/trust.ts'
import { create, list, migrate, startTodos, untilReady } from './todos-service.ts'

const noPostgres = postgresMissing()
const noTls = openssl.missing() || noPostgres
const authority = shared(createAuthority)
const encrypted = shared(async () => openPostgres({ tls: await authority() }))

const unhurried = { DATABASE_TIMEOUT_MS: '30000' }

test.skipIf(noTls).each(trusts)('a PostgreSQL is trusted whose authority %s', async (_name, trust) => {
  using trusting = trust(await encrypted(), await authority(), 'DATABASE_URL')
  const env = { ...trusting.env, ...unhurried }
  await migrate(env)
  await using service = await startTodos(env)

  await untilReady(service)
  const created = await create(service)

  expect(created.status).toBe(201)
})

test.skipIf(noTls)('a PostgreSQL whose authority is not trusted is not used, and the log says why', async () => {
  await using service = await startTodos({ ...distrust(await encrypted(), 'DATABASE_URL'), ...unhurried })

  const [ready, created] = [await service.fetch('/health/ready'), await create(service)]

  expect([ready.status, created.status]).toEqual([503, 503])
  await service.log.find({ message: 'the database fails' })
  expect(service.log.text()).toMatch(/certificate/)
})

test.skipIf(noPostgres)('a PostgreSQL on another address than localhost is used', async () => {
  await using server = await openPostgres()
  await using elsewhere = await openElsewhere(server.port)
  const url = new URL(server.url)
  url.host = elsewhere.host
  const env = { DATABASE_URL: url.href, ...unhurried }
  await migrate(env)
  await using service = await startTodos(env)

  await create(service, 'far away')

  expect(await list(service)).toMatchObject([{ content: 'far away' }])
  expect(elsewhere.accepted()).toBeGreaterThan(0)
})

/** A relay on an address other than localhost, and on a free port. */
async function openElsewhere(port: number) {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const external = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address
  let accepted = 0
  const relay = createServer((socket) => {
    accepted += 1
    const onward = connect(port, '127.0.0.1')
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy())
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.pipe(onward).pipe(socket)
  })
  relay.listen(0, external ?? '127.0.0.2')
  await once(relay, 'listening')
  const { address, port: itsPort } = relay.address() as AddressInfo
  return {
    host: `${address}:${itsPort}`,
    accepted: () => accepted,
    [Symbol.asyncDispose]: async () => void relay.close(),
  }
}
