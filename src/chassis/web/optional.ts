// What a deployment may switch on. Each is a library that is loaded only then.

import type { RequestHandler } from 'express'

/** Lets pages of other origins call this service (Fetch standard, CORS protocol). @param origins `*` is any */
export async function createCrossOrigin(origins: string[]): Promise<RequestHandler> {
  const { default: cors } = await import('cors')
  const options = {
    origin: origins.includes('*') ? '*' : origins,
    exposedHeaders: ['ETag', 'Link', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
    maxAge: 600,
  }
  const answerPreflight = cors(options)
  // The library takes every OPTIONS for a preflight; one that is none is answered like any other method.
  const allow = cors({ ...options, preflightContinue: true })

  return function crossOrigin(req, res, next) {
    const isPreflight = req.headers['access-control-request-method'] !== undefined
    if (isPreflight) answerPreflight(req, res, next)
    else allow(req, res, next)
  }
}

/** Compresses answers, but never event streams: an event that waits for the compressor's buffer comes too late. */
export async function createCompression(): Promise<RequestHandler> {
  const { default: compression } = await import('compression')
  return compression({
    filter: (req, res) =>
      !String(res.getHeader('content-type')).startsWith('text/event-stream') && compression.filter(req, res),
  })
}
