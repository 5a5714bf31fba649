// What every log line of a request says about it. It travels with the request through promises and callbacks, so that
// nobody has to hand it on.

import { AsyncLocalStorage } from 'node:async_hooks'

export interface RequestContext {
  requestId: string
  /** The W3C trace that the request belongs to, if its caller named one. */
  traceId?: string
}

export const requestContext = new AsyncLocalStorage<RequestContext>()
