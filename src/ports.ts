// What the chassis lends to a feature, and what a feature gives back. These types are all that the two sides know of
// each other.

import type { Request, RequestHandler, Response } from 'express'
import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Registry } from 'prom-client'
import type { Config, Settings } from './chassis/config.ts'
import type { Log } from './chassis/log.ts'
import type { Timed } from './chassis/metrics.ts'
import type { Release } from './chassis/release.ts'
import type { operations, paths } from './openapi.d.ts'

export type { Release }

/** What every feature is lent when it starts. */
export interface Host extends BackingServices {
  log: Log
  /** For a feature's own metrics, whose names begin with the feature's name. */
  metrics: Registry
  /** Measures any function. */
  timed: Timed
  /** Where the metrics are on the service's own port; undefined where METRICS_PORT has moved them away. */
  metricsPath: string | undefined
  /** What is running: name, version, commit, instance. */
  release: Release
  /** Aborted when the service begins to stop: whatever waits on purpose, like a long poll, ends with it. */
  draining: AbortSignal
}

/**
 * The attached resources: what is bound, or what is embedded instead. Each is loaded and opened on first use, so that
 * nothing is paid for what no feature uses.
 */
export interface BackingServices {
  /**
   * The database, PostgreSQL or an SQLite file, typed by the feature's tables. Nothing is asked of it before the
   * feature's migrations have been made.
   *
   * @throws {Problem} 503 with Retry-After, also from every query: it can't be reached, is too slow or too busy, or lacks
   *   a migration
   */
  database<Tables>(): Promise<Kysely<Tables>>
  /** Wraps a function, so that what it returns is used again for a while; by all instances where a cache is bound. */
  cached: Cached
  /** Counts across restarts and instances where Redis is bound, and in this process otherwise. */
  counter(name: string): SharedCounter
}

/**
 * However many calls with equal arguments come at the same time, the function is called once. Whatever is wrong with the
 * cache costs milliseconds, and no call fails by it. What the function throws is thrown, unless an older result is there.
 */
export type Cached = <Args extends readonly (string | number | boolean | undefined)[], Result>(
  fn: (...args: Args) => Promise<Result>,
  options: CacheOptions,
) => CachedFunction<Args, Result>

export interface CacheOptions {
  /** Names the function within the feature, in keys and in metrics. */
  name: string
  /** How long a result is as good as new. Up to a tenth less, so that not all of them end at once. */
  freshSeconds: number
  /** How long after that it is still returned, while the function is called again in the background. */
  staleSeconds?: number
  /** How long it is remembered that there was nothing: a result of undefined or null. Like any other by default. */
  emptySeconds?: number
}

export interface CachedFunction<Args extends readonly unknown[], Result> {
  /** Results are shared, so they are frozen; they must be what JSON can say. */
  (...args: Args): Promise<Result>
  /**
   * Forgets all that the function has returned: here at once, elsewhere at once where Redis is bound, and within
   * CACHE_MEMORY_SECONDS otherwise. While the shared cache can't be reached from here, others learn of it when it can, or
   * when what they have has grown old. A call that began before does not bring back what was forgotten.
   */
  forget(): Promise<void>
}

export interface SharedCounter {
  /** Returns at once; it is told to others within a second. */
  add(count?: number): void
  /** What all have counted so far, or this process alone while the others can't be asked. */
  total(): Promise<number>
}

/** What a feature serves. Every key is a foreign key into openapi.yaml, spelled as it is there. */
export interface Mounted {
  routes?: Routes
  /** Static files by declaration: a file, or a folder (its URL ends with a slash) for a route with `{file}`. */
  files?: { [Route in RouteKey]?: URL }
  /** Throws a sentence while the feature can't do its work. Asked by readiness, so it answers soon. */
  ready?: () => void | Promise<void>
}

// Express types a handler by what it reads; a table of different handlers can't name that.
// biome-ignore lint/suspicious/noExplicitAny: the parameters of any route.
export type Routes = { [Route in RouteKey]?: RequestHandler<any, any, any, any> }

type Methods<Path extends keyof paths> = {
  [Method in keyof paths[Path]]: paths[Path][Method] extends { responses: unknown } ? Method : never
}[keyof paths[Path]]

/** `GET /orders/{orderId}`: one search finds both the contract and the code. */
export type RouteKey = { [Path in keyof paths]: `${Uppercase<Methods<Path> & string>} ${Path & string}` }[keyof paths]

/** The handler of an operation, by its operationId: its request has already been checked against openapi.yaml. */
export type Handler<Id extends keyof operations> = (
  req: Request<PathParameters<operations[Id]>, unknown, Body<operations[Id]>, Query<operations[Id]>>,
  res: Response<Answer<operations[Id]>>,
) => void | Promise<void>

/** The handler of an operation with `x-raw-body`: it gets the bytes as they came, and checks them itself. */
export type RawHandler<Id extends keyof operations> = (
  req: Request<PathParameters<operations[Id]>, unknown, Buffer, Query<operations[Id]>>,
  res: Response,
) => void | Promise<void>

type PathParameters<Op> = Op extends { parameters: { path: infer Path } } ? Path : object
type Query<Op> = Op extends { parameters: { query?: infer Given } } ? Described<Given> : object
type Body<Op> = Op extends { requestBody?: { content: infer Content } } ? Described<Content[keyof Content]> : unknown
/** What `res.json` takes: the JSON that any of the operation's answers may have. */
type Answer<Op> = Op extends { responses: infer Statuses } ? Described<JsonOf<Statuses[keyof Statuses]>> : unknown
type JsonOf<Status> = Status extends { content: { 'application/json': infer Json } } ? Json : never
/** What the contract leaves out is generated as never. */
type Described<Given> = [NonNullable<Given>] extends [never] ? object : NonNullable<Given>

/**
 * Changes of the database's schema, by names that sort in the order in which they are made. Code that runs while a new
 * version is rolled out meets the schema of both, so a migration adds, and only a later release takes away.
 */
export type Migrations = Readonly<Record<string, Migration>>

export interface Feature {
  name: string
  settings: Settings
  migrations?: Migrations
  // biome-ignore lint/suspicious/noExplicitAny: each feature has settings of its own, which defineFeature has checked.
  start(host: Host, config: any): Mounted | Promise<Mounted>
}

/** Does nothing at run time: it lets `start` see the types of the feature's own settings. */
export const defineFeature = <S extends Settings>(feature: {
  name: string
  settings: S
  migrations?: Migrations
  start(host: Host, config: Config<S>): Mounted | Promise<Mounted>
}): Feature => feature

declare module 'express-serve-static-core' {
  interface Request {
    /** Names the request in its log lines and in the X-Request-Id of the answer. */
    id: string
  }
}
