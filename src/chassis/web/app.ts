// The order of createApp is the order that a request goes through.

import express, { type Express } from 'express'
import type { Mounted } from '../../ports.ts'
import type { Log } from '../log.ts'
import type { ChassisConfig } from '../settings.ts'
import { answerWithProblem, refuseUnknownPath } from './answers.ts'
import type { Contract } from './contract.ts'
import { addStandardHeaders } from './headers.ts'
import { createLoadShedder, createRateLimit, type RateLimiter } from './limit.ts'
import { mountRoutes } from './mount.ts'
import type { Observer } from './observe.ts'
import { createCompression, createCrossOrigin } from './optional.ts'
import { checkProtocol } from './protocol.ts'

export interface AppParts {
  config: ChassisConfig
  contract: Contract
  /** What the features and the chassis serve. */
  mounted: Mounted[]
  observer: Observer
  rateLimiter: RateLimiter
  draining: AbortSignal
  log: Log
}

export async function createApp(parts: AppParts): Promise<Express> {
  const { config, contract, mounted, observer, rateLimiter, draining, log } = parts
  const app = express()
    .disable('x-powered-by')
    .disable('etag') // A handler that has something worth comparing sets its own.
    .enable('case sensitive routing') // As the contract is.
    .set('query parser', 'simple')
    .set('trust proxy', config.TRUST_PROXY_HOPS)
  addStandardHeaders(app, draining)

  app.use(observer.middleware)
  if (config.CORS_ORIGINS.length > 0) app.use(await createCrossOrigin(config.CORS_ORIGINS))
  app.use(checkProtocol)
  app.use(createLoadShedder(observer.inFlight, config.MAX_IN_FLIGHT))
  if (config.RATE_LIMIT_PER_MINUTE > 0) app.use(createRateLimit(rateLimiter, config))
  if (config.COMPRESSION) app.use(await createCompression())
  mountRoutes(app, { mounted, contract, bodyLimit: config.BODY_LIMIT, log })
  app.use(refuseUnknownPath)
  app.use(answerWithProblem(log))
  return app
}
