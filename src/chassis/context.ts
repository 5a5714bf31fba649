// The ids that every log line of a request has. Promises and callbacks keep them, so no function has to pass them on.

import { AsyncLocalStorage } from 'node:async_hooks'

export interface RequestContext {
  requestId: string
  /** The id of the W3C trace that the request belongs to, if its caller sent one. */
  traceId?: string
}

export const requestContext = new AsyncLocalStorage<RequestContext>()
