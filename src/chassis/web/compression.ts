// Compressed responses: of the docs, and of everything where a deployment sets COMPRESSION. The library is loaded only then.

import type { Request, RequestHandler } from 'express'

/**
 * Compresses responses, but never event streams: an event held in the compressor's buffer would arrive too late. HEAD and
 * 304 have the headers that 200 has (RFC 9110, 9.3.2 and 15.4.5), so every response varies by Accept-Encoding.
 */
export async function createCompression(): Promise<RequestHandler> {
  const { default: compression } = await import('compression')
  const compress = compression({
    filter: (req, res) =>
      !String(res.getHeader('content-type')).startsWith('text/event-stream') && compression.filter(req, res),
  })

  return function compressResponse(req, res, next) {
    res.vary('Accept-Encoding')
    compress(req.method === 'HEAD' ? asGet(req) : req, res, next)
  }
}

/** The library reads the method and the headers. It would leave the headers of a HEAD as if nothing were compressed. */
const asGet = ({ headers }: Request) => ({ method: 'GET', headers }) as Request
