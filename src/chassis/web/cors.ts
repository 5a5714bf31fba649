// Cross-origin requests, for deployments that set CORS_ORIGINS. The library is loaded only then.

import type { RequestHandler } from 'express'

/** Lets pages of other origins call this service (Fetch standard, CORS protocol). @param origins `*` is any */
export async function createCors(origins: string[]): Promise<RequestHandler> {
  const { default: cors } = await import('cors')
  const options = {
    origin: origins.includes('*') ? '*' : origins,
    exposedHeaders: ['ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  }
  const answerPreflight = cors(options)
  // The library takes every OPTIONS request for a preflight; one that is not is answered like any other method.
  const addHeaders = cors({ ...options, preflightContinue: true })

  return function allowOrigins(req, res, next) {
    const isPreflight = req.headers['access-control-request-method'] !== undefined
    if (isPreflight) answerPreflight(req, res, next)
    else addHeaders(req, res, next)
  }
}
