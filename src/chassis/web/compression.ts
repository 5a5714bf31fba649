// Compressed responses, for deployments that set COMPRESSION. The library is loaded only then.

import type { RequestHandler } from 'express'

/** Compresses responses, but never event streams: an event held in the compressor's buffer would arrive too late. */
export async function createCompression(): Promise<RequestHandler> {
  const { default: compression } = await import('compression')
  return compression({
    filter: (req, res) =>
      !String(res.getHeader('content-type')).startsWith('text/event-stream') && compression.filter(req, res),
  })
}
