// Step "services": starts a private server for each service of the manifest, and makes it reachable for containers. The
// bindings describe it as a service broker would.

import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import type { Bindings } from '../container/environment.ts'
import type { Application } from '../manifest/manifest.ts'

interface PrivateServer extends AsyncDisposable {
  host: string
  port: number
  credentials: object
}

export interface ServiceKind {
  label: string
  tags: string[]
  open(): Promise<PrivateServer>
}

/** @param keep disposes of a server when the rehearsal ends */
export async function openServices(
  services: Application['services'] = [],
  gateway: string,
  keep: <Opened extends AsyncDisposable>(opened: Opened) => Opened,
): Promise<Bindings> {
  const opened = await Promise.all(
    services.map(async (service) => {
      const { name, binding_name } = typeof service === 'string' ? { name: service, binding_name: undefined } : service
      const { label, tags, open } = kindOf(binding_name ?? name)
      const server = keep(await open())
      const credentials = await expose(server, gateway, keep)
      return {
        label,
        name: binding_name ?? name,
        instance_name: name,
        binding_name: binding_name ?? null,
        tags,
        plan: 'rehearsal',
        credentials,
      }
    }),
  )
  return Object.groupBy(opened, ({ label }) => label) as Bindings
}

/** The kind of a service, derived from the name of its binding. */
export function kindOf(name: string): ServiceKind {
  if (/memcache/.test(name)) return { label: 'memcached', tags: ['memcached'], open: openMemcached }
  if (/redis|valkey|cache/.test(name)) return { label: 'redis', tags: ['redis'], open: openRedis }
  if (/rabbit|amqp|broker/.test(name)) return { label: 'rabbitmq', tags: ['rabbitmq', 'amqp'], open: openRabbitmq }
  if (/upstream/.test(name)) return { label: 'user-provided', tags: [], open: openUpstream }
  return { label: 'postgresql', tags: ['postgresql', 'database'], open: openPostgres }
}

const openPostgres = async () => (await importServers(() => import('private-servers/postgres'))).openPostgres()
const openRedis = async () => (await importServers(() => import('private-servers/redis'))).openRedis()
const openMemcached = async () => (await importServers(() => import('private-servers/memcached'))).openMemcached()
const openRabbitmq = async () => (await importServers(() => import('private-servers/rabbitmq'))).openRabbitmq()

/** The package is optional: an application without services is rehearsed without it. */
async function importServers<Servers>(load: () => Promise<Servers>): Promise<Servers> {
  try {
    return await load()
  } catch (cause) {
    throw new Error('Services of the manifest need the package private-servers, which could not be loaded.', { cause })
  }
}

async function openUpstream(): Promise<PrivateServer> {
  const server = createHttpServer((_, res) => res.end('upstream\n')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    host: '127.0.0.1',
    port,
    credentials: { uri: `http://127.0.0.1:${port}` },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * Forwards connections from the gateway to a server, which listens on the loopback and is unreachable for containers.
 */
async function expose(
  { host, port, credentials }: PrivateServer,
  gateway: string,
  keep: <Opened extends AsyncDisposable>(opened: Opened) => Opened,
): Promise<object> {
  if (gateway === '127.0.0.1') return credentials
  const sockets = new Set<{ destroy(): unknown }>()
  const forwarder = createServer((near) => {
    const far = connect(port, host)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket
        .on('error', () => {})
        .once('close', () => sockets.delete(socket) && [near, far].map((each) => each.destroy()))
    }
    near.pipe(far).pipe(near)
  })
  await once(forwarder.listen(0, gateway), 'listening')
  keep({
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => forwarder.close(resolve))
    },
  })
  return readdress(credentials, { host, port }, { host: gateway, port: (forwarder.address() as { port: number }).port })
}

interface Address {
  host: string
  port: number
}

/** Replaces the address everywhere in the credentials. */
export function readdress(credentials: object, from: Address, to: Address): object {
  const text = JSON.stringify(credentials, (_, value) => {
    if (value === from.port) return to.port
    if (value === String(from.port)) return String(to.port)
    if (typeof value !== 'string') return value
    if (['127.0.0.1', 'localhost', from.host].includes(value)) return to.host
    return value.replaceAll(/(?:127\.0\.0\.1|localhost):(\d+)/g, (found, port) =>
      Number(port) === from.port ? `${to.host}:${to.port}` : found,
    )
  })
  return JSON.parse(text)
}
