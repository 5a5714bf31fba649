// What a feature is, and what it gets when it starts. Chassis and features know nothing else about each other.

import type { Registry } from 'prom-client'
import type { Config, Settings } from '../chassis/config.ts'
import type { Cached } from './cache.ts'
import type { SharedCounter } from './counter.ts'
import type { Migrations, OpenDatabase } from './database.ts'
import type { Log } from './log.ts'
import type { Mounted } from './routes.ts'
import type { Release, Timed } from './runtime.ts'

export interface Feature {
  name: string
  settings: Settings
  migrations?: Migrations
  // biome-ignore lint/suspicious/noExplicitAny: each feature has settings of its own, which defineFeature has checked.
  start(host: Host, config: any): Mounted | Promise<Mounted>
}

/** The identity at run time: it gives `start` the types of the feature's own settings. */
export const defineFeature = <S extends Settings>(feature: {
  name: string
  settings: S
  migrations?: Migrations
  start(host: Host, config: Config<S>): Mounted | Promise<Mounted>
}): Feature => feature

/** What every feature gets when it starts. */
export interface Host extends BackingServices {
  log: Log
  /** For the feature's own metrics, whose names begin with the feature's name. */
  registry: Registry
  timed: Timed
  paths: ServicePaths
  release: Release
  /** Whether the process runs on a platform or from an image, rather than on a developer's machine. */
  deployed: boolean
  /** Aborted when the service begins to stop. Whatever waits on purpose, like a long poll, ends then. */
  draining: AbortSignal
}

/** Where the chassis serves what, relative to the root of the service; undefined for what is not served on its port. */
export interface ServicePaths {
  docs: string
  readiness: string
  metrics: string | undefined
  info: string
}

/**
 * The attached resources: what is bound, or what is embedded instead. Each is loaded and opened on first use, so a
 * service pays only for what its features use.
 */
export interface BackingServices {
  database: OpenDatabase
  cached: Cached
  counter(name: string): SharedCounter
}
