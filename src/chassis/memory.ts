// How much memory the platform grants, and how it is divided among what clients can make the service hold. Every limit
// on connections and buffers is derived here, so that their sum fits whatever clients do.

import { totalmem } from 'node:os'
import type { ChassisConfig } from './settings.ts'

const MIB = 2 ** 20

/** Where nothing is known, as on a laptop. */
const DEFAULT_BYTES = 512 * MIB

/** What an idle connection costs, measured with 5,000 of them. */
const CONNECTION_BYTES = 12 * 1024

/** Cloud Foundry allows 16,384 open files. */
const MOST_CONNECTIONS = 10_000

/** Beside the requests in flight there is room for the idle connections that routers keep, and for probes. */
const SPARE_CONNECTIONS = 100

export interface MemoryLimits {
  /** The memory that this process may use, in bytes. */
  memory: number
  /** Open connections. */
  connections: number
  /** Bytes of request bodies that are held at once. */
  bodies: number
  /** Bytes of responses that wait for their readers at once. */
  responses: number
  /** Bytes of pipelined requests that wait for the response before theirs. */
  pipelined: number
}

type MemoryConfig = Pick<
  ChassisConfig,
  'MEMORY_LIMIT' | 'MEMORY_AVAILABLE' | 'WEB_CONCURRENCY' | 'MAX_IN_FLIGHT' | 'MAX_CONNECTIONS'
>

/**
 * The process itself needs about half of the smallest instance, 128 MB; connections, bodies and responses get an eighth
 * each.
 */
export function deriveLimits(config: MemoryConfig, host: Host = thisHost()): MemoryLimits {
  const memory = Math.floor(grantedBytes(config, host) / config.WEB_CONCURRENCY)
  const affordable = Math.min(Math.floor(memory / 8 / CONNECTION_BYTES), MOST_CONNECTIONS)
  return {
    memory,
    connections: config.MAX_CONNECTIONS ?? Math.max(affordable, config.MAX_IN_FLIGHT + SPARE_CONNECTIONS),
    bodies: Math.floor(memory / 8),
    responses: Math.floor(memory / 8),
    pipelined: Math.floor(memory / 64),
  }
}

export interface Host {
  /** The limit of the control group; more than `total` if there is none. */
  constrained: number
  total: number
  /** The options of Node, from the command line and NODE_OPTIONS. */
  options: string
}

const thisHost = (): Host => ({
  constrained: process.constrainedMemory(),
  total: totalmem(),
  options: [...process.execArgv, process.env.NODE_OPTIONS].join(' '),
})

/** MEMORY_LIMIT counts if it is set; otherwise the smallest of what buildpack, control group and heap flag say. */
function grantedBytes({ MEMORY_LIMIT, MEMORY_AVAILABLE }: MemoryConfig, { constrained, total, options }: Host): number {
  if (MEMORY_LIMIT !== undefined) return MEMORY_LIMIT
  const heapMb = /--max[-_]old[-_]space[-_]size=(\d+)/.exec(options)?.[1]
  const known = [
    MEMORY_AVAILABLE === undefined ? 0 : MEMORY_AVAILABLE * MIB,
    constrained < total ? constrained : 0,
    Number(heapMb ?? 0) * 2 * MIB, // The Procfile gives half of the memory to the heap.
  ].filter((bytes) => bytes > 0)
  return known.length > 0 ? Math.min(...known) : DEFAULT_BYTES
}
