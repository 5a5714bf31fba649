// Rejects requests early and cheaply while more are in flight than the service can work on.

import type { RequestHandler } from 'express'
import { unavailable } from '../problem.ts'
import { isExempt } from './exempt-paths.ts'

/** @param inFlight the responses that are being worked on, this request's included */
export function createLoadShedder(inFlight: ReadonlySet<unknown>, max: number): RequestHandler {
  return function shedLoad(req, _res, next) {
    if (inFlight.size > max && !isExempt(req.path)) throw unavailable('The service is busy.', 1)
    next()
  }
}
