// The rules of HTTP for every request that Node ignores or answers without a problem document.

import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { badRequest, Problem } from '../problem.ts'

export const checkProtocol: RequestHandler = (req, res, next) => {
  const { expect, 'transfer-encoding': coding } = req.headers
  // RFC 9112, 3.2: without a Host header, or with two, the target is ambiguous.
  const hosts = countOf(req, 'host')
  if (hosts > 1 || (hosts === 0 && req.httpVersion === '1.1')) {
    res.shouldKeepAlive = false
    throw badRequest('An HTTP/1.1 request needs exactly one Host header.')
  }
  // RFC 9112, 6.1: Node would hand over the body with the other codings still applied.
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    res.shouldKeepAlive = false
    throw badRequest('The only supported transfer coding is chunked.')
  }
  // RFC 9110, 10.1.1: there is only one expectation. It is met when the body is read.
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw new Problem(417, 'The only supported expectation is 100-continue.')
  }
  // RFC 9110, 9.3.7: OPTIONS for the server as a whole.
  if (req.url === '*' && req.method === 'OPTIONS') return void res.writeHead(204).end()
  next()
}

/** How often a header was sent. Of most headers that may occur only once, Node silently keeps the first. */
export function countOf({ rawHeaders }: IncomingMessage, name: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at]!
    if (given.length === name.length && given.toLowerCase() === name) count += 1
  }
  return count
}
