// The web process: serves the features and the routes of the chassis on a port until the process stops.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Express } from 'express'
import type { Operations } from '../../ports/operations.ts'
import type { Mounted } from '../../ports/routes.ts'
import { createExposition } from '../cluster.ts'
import { isFromTerminal } from '../lifecycle.ts'
import { deriveLimits, type MemoryLimits } from '../memory.ts'
import type { ChassisRuntime } from '../runtime.ts'
import { createApp } from './app.ts'
import type { Contract } from './contract.ts'
import { createDocs } from './docs.ts'
import { createHealth } from './health.ts'
import { createInfo } from './info.ts'
import { listen } from './listen.ts'
import { createMetricsRoute, serveMetrics } from './metrics-route.ts'
import { servedKeys } from './mount.ts'
import { createOpenApiRoutes } from './openapi-routes.ts'
import { createRequestTracker, type RequestTracker } from './request-tracker.ts'
import { closeServer, createHttpServer } from './server.ts'

export interface WebOptions {
  contract: Contract
  /** What the features serve, by the feature's name. */
  mounted: Record<string, Mounted>
  operations: Operations
}

export interface Web {
  app: Express
  tracker: RequestTracker
  operations: Operations
  limits: MemoryLimits
  /** The metrics in Prometheus' text format. */
  expose: () => Promise<string>
}

/** Everything behind the port. */
export async function createWeb(runtime: ChassisRuntime, options: WebOptions): Promise<Web> {
  const { contract, operations } = options
  const tracker = createRequestTracker(runtime)
  const expose = createExposition(runtime.registry)
  const mounted = [...Object.values(options.mounted), ...chassisRoutes(runtime, options, expose)]
  const limits = deriveLimits(runtime.config)
  const app = await createApp(runtime, { contract, mounted, tracker, limits, rateLimiter: operations.rateLimiter })
  return { app, tracker, operations, limits, expose }
}

/** Listens on PORT, and logs it: `{"message":"listening","port":8080,"url":"http://localhost:8080/",…}`. */
export async function serveWeb(runtime: ChassisRuntime, web: Web): Promise<void> {
  const { app, tracker, operations, limits, expose } = web
  const { config, log, lifecycle } = runtime
  for (const { warning, ...resource } of operations.resources()) if (warning) log.warn(resource, warning)
  if (config.METRICS_PORT !== undefined) await serveMetrics(runtime, expose, config.METRICS_PORT)

  const server = createHttpServer(app, {
    tracker,
    timeoutMs: config.REQUEST_TIMEOUT_SECONDS * 1000,
    headerLimit: config.HEADER_LIMIT,
    limits,
    onFull: createFullWarning(runtime, limits),
  })
  const port = await listen(server, config.PORT, 'PORT')
  lifecycle.onStop('web', async (reason) => {
    // Routers learn with a delay that this instance is stopping. Until then requests are still accepted, because those
    // that are already on their way would be lost. At a terminal there is no router.
    if (!isFromTerminal(reason)) await sleep(config.DRAIN_SECONDS * 1000)
    await closeServer(server, tracker)
  })
  log.info({ limits }, 'limits derived from the memory granted')
  log.info({ port, url: `http://localhost:${port}/` }, 'listening')
}

/** Warns at most once a minute, because each new connection may be the reason. */
function createFullWarning({ log }: ChassisRuntime, { connections }: MemoryLimits) {
  let warnedAt = Number.NEGATIVE_INFINITY
  return function warnOfFull() {
    if (performance.now() - warnedAt < 60_000) return
    warnedAt = performance.now()
    log.warn({ connections }, 'the limit on connections is reached: idle ones are closed for new ones')
  }
}

function chassisRoutes(
  { config, release, bindings, lifecycle }: ChassisRuntime,
  { contract, mounted, operations }: WebOptions,
  expose: () => Promise<string>,
): Mounted[] {
  const ofFeatures = Object.entries(mounted).flatMap(([name, { ready }]) => (ready ? [[name, ready] as const] : []))
  const checks = () => ({ ...operations.checks(), ...Object.fromEntries(ofFeatures) })
  const routes = [
    createHealth(checks, lifecycle.draining),
    createInfo(release, { features: Object.keys(mounted), bound: bindings.list(), resources: operations.resources }),
    ...(config.METRICS_PORT === undefined ? [createMetricsRoute(expose)] : []),
    createDocs(contract.document.info.title),
    { files: SITE_FILES },
  ]
  const served = servedKeys([...Object.values(mounted), ...routes])
  return [...routes, createOpenApiRoutes(contract, served)]
}

/** Files that browsers and crawlers request from any site. */
const SITE_FILES = {
  'GET /favicon.ico': new URL('./site/favicon.ico', import.meta.url),
  'GET /robots.txt': new URL('./site/robots.txt', import.meta.url),
}
