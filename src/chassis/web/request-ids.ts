// The ids that tie the log lines of a request together: the request's own, and that of its distributed trace.

import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestContext } from '../context.ts'

const REQUEST_ID = /^[\w.:+/=-]{1,128}$/
/** W3C Trace Context, 3.2: version ff is invalid, version 00 has no more than this, and later ones may add to it. */
const TRACEPARENT = /^(?!ff|00.{54})[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:-|$)/

/**
 * Cloud Foundry's router overwrites X-Vcap-Request-Id and logs it, so its line and ours can be joined; elsewhere a
 * proxy's X-Request-Id serves. The trace id is that of a W3C traceparent, if the caller sent a valid one.
 */
export function readRequestIds({ headers }: IncomingMessage): RequestContext {
  const given = headers['x-vcap-request-id'] ?? headers['x-request-id']
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
  const traceId = headers.traceparent && TRACEPARENT.exec(String(headers.traceparent))?.[1]
  return traceId ? { requestId, traceId } : { requestId }
}
