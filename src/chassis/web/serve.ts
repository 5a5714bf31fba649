// The web process: the features and the chassis's own routes, served on a port until the service stops.

import type { Express } from 'express'
import type { Mounted } from '../../ports.ts'
import type { Listed } from '../bindings.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Log } from '../log.ts'
import type { LogSink } from '../log-sink.ts'
import type { Metrics } from '../metrics.ts'
import type { Release } from '../release.ts'
import type { ChassisConfig } from '../settings.ts'
import { createApp } from './app.ts'
import type { Contract } from './contract.ts'
import { createDocs } from './docs.ts'
import { createHealth, type ReadinessChecks } from './health.ts'
import { createInfo, type Resource } from './info.ts'
import type { RateLimiter } from './limit.ts'
import { listen } from './listen.ts'
import { createMetricsRoute, serveMetrics } from './metrics-route.ts'
import { servedKeys } from './mount.ts'
import { createObserver, type Observer } from './observe.ts'
import { createContractRoutes } from './publish.ts'
import { closeServer, createHttpServer } from './server.ts'

export interface WebParts {
  config: ChassisConfig
  contract: Contract
  release: Release
  /** What the features serve, by the feature's name. */
  mounted: Record<string, Mounted>
  bound: Listed[]
  /** What has to answer for the service to be ready, besides its features. */
  checks: ReadinessChecks
  rateLimiter: RateLimiter
  /** The backing services in use. */
  resources: () => Resource[]
  log: Log
  sink: LogSink
  metrics: Metrics
  lifecycle: Lifecycle
}

/** Listens on PORT, and says so in the log: `{"message":"listening","port":8080,"url":"http://localhost:8080/",…}`. */
export async function serveWeb(parts: WebParts): Promise<void> {
  const { config, log, metrics, lifecycle } = parts
  if (config.METRICS_PORT !== undefined) await serveMetrics(metrics, config.METRICS_PORT, { log, lifecycle })

  const { app, observer } = await createWeb(parts)
  const server = createHttpServer(app, observer, config.REQUEST_TIMEOUT_SECONDS * 1000)
  const port = await listen(server, config.PORT, 'PORT')
  lifecycle.onStop('web', () => closeServer(server, observer))
  log.info({ port, url: `http://localhost:${port}/` }, 'listening')
}

export async function createWeb(parts: WebParts): Promise<{ app: Express; observer: Observer }> {
  const { config, contract, rateLimiter, log, sink, metrics, lifecycle } = parts
  const observer = createObserver({ log, sink, registry: metrics.registry, trustedHops: config.TRUST_PROXY_HOPS })
  const mounted = [...Object.values(parts.mounted), ...chassisRoutes(parts)]
  const app = await createApp({ config, contract, mounted, observer, rateLimiter, draining: lifecycle.draining, log })
  return { app, observer }
}

function chassisRoutes(parts: WebParts): Mounted[] {
  const { config, contract, release, mounted, bound, resources, metrics, lifecycle } = parts
  const ofFeatures = Object.entries(mounted).flatMap(([name, { ready }]) => (ready ? [[name, ready] as const] : []))
  const routes = [
    createHealth({ ...parts.checks, ...Object.fromEntries(ofFeatures) }, lifecycle.draining),
    createInfo(release, { features: Object.keys(mounted), bound, resources }),
    ...(config.METRICS_PORT === undefined ? [createMetricsRoute(metrics)] : []),
    createDocs(),
    { files: SITE_FILES },
  ]
  const served = servedKeys([...Object.values(mounted), ...routes])
  return [...routes, createContractRoutes(contract, served)]
}

/** What browsers and crawlers ask of any site. */
const SITE_FILES = {
  'GET /favicon.ico': new URL('./site/favicon.ico', import.meta.url),
  'GET /robots.txt': new URL('./site/robots.txt', import.meta.url),
}
