// The connections to PostgreSQL: a pool for each host of the cluster, one of which is in use.

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Binding } from '../../../ports/bindings.ts'
import { tlsOptions } from '../../tls.ts'
import { failToConnect } from '../outage.ts'
import { addressesOf } from './addresses.ts'
import { createPool, type HostOptions, type PoolOptions } from './pool.ts'
import { checkSession, createClient } from './session-settings.ts'
import { isConnectionLimit, isRefusedParameter } from './sqlstate.ts'

export interface Pools {
  connect(): Promise<Connection>
  count(): Record<'idle' | 'busy' | 'waiting', number>
  close(): Promise<void>
}

/** A connection checked out of a pool. */
export interface Connection {
  client: pg.PoolClient
  /** Whether the server bounds statements. If not, one that takes too long has to be cancelled. */
  isBounded: boolean
}

export async function openPools(binding: Binding, options: PoolOptions): Promise<Pools> {
  const ssl = await sslOptions(binding)
  const urls = binding.urls.flatMap(addressesOf)
  const hosts = urls.map((url) => createHost(url, { ...options, ssl, isCluster: urls.length > 1 }))
  const sum = (count: (pool: pg.Pool) => number) => hosts.reduce((total, { pool }) => total + count(pool), 0)

  return {
    connect: createConnector(hosts),
    count: () => ({
      idle: sum(({ idleCount }) => idleCount),
      busy: sum(({ totalCount, idleCount }) => totalCount - idleCount),
      waiting: sum(({ waitingCount }) => waitingCount),
    }),
    close: async () => void (await Promise.all(hosts.map(({ pool }) => pool.end()))),
  }
}

interface Host {
  pool: pg.Pool
  connect(): Promise<Connection>
}

/** How long the pool stays at the number of connections that the server granted, before it tries to make more. */
const SMALLER_MS = 1000

const POLL_MS = 10

function createHost(url: string, options: HostOptions): Host {
  const { max, statementMs, connectMs, warn } = options
  const bounded = new WeakSet<pg.ClientBase>()
  let isPooled = false
  let own = 0
  let growing: NodeJS.Timeout | undefined
  const pool = createPool(withoutTls(url), options, {
    types,
    createClient: (config) => createClient(config, { isPooled, statementMs }),
    async onConnect(client) {
      const { isBounded } = await checkSession(client, options)
      if (isBounded) bounded.add(client)
      else warn(UNBOUNDED)
    },
  })
  pool.on('connect', () => own++)
  pool.on('remove', () => own--)

  return {
    pool,
    async connect() {
      const endMs = performance.now() + connectMs
      for (;;) {
        const wasPooled = isPooled
        try {
          const client = await pool.connect()
          return { client, isBounded: bounded.has(client) }
        } catch (error) {
          if (!(await canRetry(error as Error, { wasPooled, endMs })) || performance.now() > endMs) throw error
        }
      }
    },
  }

  async function canRetry(error: Error, { wasPooled, endMs }: { wasPooled: boolean; endMs: number }): Promise<boolean> {
    if (!isRefusedParameter(error)) return isConnectionLimit(error) && waitForOwn(endMs)
    isPooled = true
    return !wasPooled
  }

  /** Queries wait for the connections that this process has. @returns whether it has any */
  async function waitForOwn(endMs: number): Promise<boolean> {
    // The attempts of other queries may still succeed.
    while (own === 0 && pool.totalCount > 0 && performance.now() < endMs) await sleep(POLL_MS)
    if (own === 0) return false
    warn(TOO_FEW)
    pool.options.max = own
    clearTimeout(growing)
    growing = setTimeout(() => {
      pool.options.max = max
    }, SMALLER_MS).unref()
    return true
  }
}

const UNBOUNDED =
  'the connection pooler does not pass statement_timeout on: slow statements are cancelled by this process, and continue if it is killed; set a statement_timeout for the role'

const TOO_FEW =
  'PostgreSQL or its pooler accepts fewer connections than DATABASE_POOL_MAX times the number of processes: lower it, or raise the limit'

/** Begins with the host that accepted the last connection. */
function createConnector(hosts: Host[]): Pools['connect'] {
  let current = 0
  return async function connect() {
    const first = current
    for (let tried = 0; ; tried++) {
      const index = (first + tried) % hosts.length
      try {
        const connection = await hosts[index]!.connect()
        current = index
        return connection
      } catch (error) {
        if (tried + 1 >= hosts.length || isFull(hosts[index]!.pool)) failToConnect(error)
      }
    }
  }
}

/** Whether all connections are in use. They work, so there is no reason to try another host. */
const isFull = ({ totalCount, idleCount, options }: pg.Pool) => totalCount - idleCount >= options.max

/** `sslmode=no-verify` is the only way to accept any certificate. */
async function sslOptions(binding: Binding) {
  const tls = await tlsOptions(binding)
  if (!tls) return false
  return { ...tls, rejectUnauthorized: !binding.urls.some((url) => /[?&]sslmode=no-verify\b/.test(url)) }
}

/** TLS parameters in the URL would override the `ssl` option. */
function withoutTls(address: string): string {
  const url = new URL(address)
  for (const name of [...url.searchParams.keys()].filter((name) => /^(ssl|uselibpqcompat)/.test(name)))
    url.searchParams.delete(name)
  return url.href
}

const { TIMESTAMPTZ, INT8 } = pg.types.builtins
const parseTimestamp = pg.types.getTypeParser(TIMESTAMPTZ)

/**
 * Values as SQLite returns them: timestamps as the RFC 3339 texts that were stored, 64-bit integers as numbers. Arrays
 * of them are left to `pg`.
 */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    if (oid === TIMESTAMPTZ) return toTimestamp
    if (oid === INT8) return Number
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

/** `infinity` is not a date, and stays as it is. */
function toTimestamp(text: string): string {
  const date: unknown = parseTimestamp(text)
  return date instanceof Date ? date.toISOString() : text
}
