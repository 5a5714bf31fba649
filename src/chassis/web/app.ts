// The Express app. A request passes the steps of createApp in their order.

import express, { type Express } from 'express'
import type { RateLimiter } from '../../ports/operations.ts'
import type { Mounted } from '../../ports/routes.ts'
import type { MemoryLimits } from '../memory.ts'
import type { ChassisRuntime } from '../runtime.ts'
import { createByteBudget } from './byte-budget.ts'
import { createCompression } from './compression.ts'
import type { Contract } from './contract.ts'
import { createCors } from './cors.ts'
import { answerWithProblem, refuseUnknownPath } from './errors.ts'
import { addStandardHeaders } from './headers.ts'
import { createLoadShedder } from './load-shedding.ts'
import { mountRoutes } from './mount.ts'
import { checkProtocol } from './protocol.ts'
import { parseQuery } from './query.ts'
import { createRateLimit } from './rate-limit.ts'
import type { RequestTracker } from './request-tracker.ts'

export interface AppOptions {
  contract: Contract
  /** What the features and the chassis serve. */
  mounted: Mounted[]
  tracker: RequestTracker
  rateLimiter: RateLimiter
  limits: MemoryLimits
}

export async function createApp({ config, log, lifecycle }: ChassisRuntime, options: AppOptions): Promise<Express> {
  const { contract, mounted, tracker, rateLimiter, limits } = options
  const app = express()
    .disable('x-powered-by')
    .disable('etag') // Handlers whose content is worth comparing set their own.
    .enable('case sensitive routing') // Like the contract.
    .set('query parser', parseQuery)
    .set('trust proxy', config.TRUST_PROXY_HOPS)
  addStandardHeaders(app, lifecycle.draining)

  app.use(tracker.middleware)
  if (config.CORS_ORIGINS.length > 0) app.use(await createCors(config.CORS_ORIGINS))
  app.use(checkProtocol)
  app.use(createLoadShedder(tracker.inFlight, config.MAX_IN_FLIGHT))
  if (config.RATE_LIMIT_PER_MINUTE > 0) app.use(createRateLimit(rateLimiter, config))
  if (config.COMPRESSION) app.use(await createCompression())
  mountRoutes(app, { mounted, contract, bodyLimit: config.BODY_LIMIT, bodies: createByteBudget(limits.bodies), log })
  app.use(refuseUnknownPath)
  app.use(answerWithProblem(log))
  return app
}
