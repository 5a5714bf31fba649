// What HTTP asks of every request, and Node would leave alone or answer in a form of its own.

import type { RequestHandler } from 'express'
import { badRequest, Problem } from '../problem.ts'

export const checkProtocol: RequestHandler = (req, res, next) => {
  const { host, expect } = req.headers
  // RFC 9112, 3.2: who leaves the Host out may have meant something else altogether.
  if (host === undefined && req.httpVersion === '1.1') {
    res.shouldKeepAlive = false
    throw badRequest('An HTTP/1.1 request needs a Host.')
  }
  // RFC 9110, 10.1.1: there is one expectation. It is met when the body is read.
  if (expect && expect.toLowerCase() !== '100-continue') {
    throw new Problem(417, 'The only expectation that can be met is 100-continue.')
  }
  next()
}
