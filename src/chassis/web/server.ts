// Factor VII, port binding: the service contains its HTTP server. Timeouts and limits are explicit, so that slow or silent
// clients cost little, and connections that routers keep stay open.

import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { Express } from 'express'
import type { MemoryLimits } from '../memory.ts'
import { createServer } from '../node-http.ts'
import { createByteBudget } from './byte-budget.ts'
import { answerClientError } from './client-error.ts'
import { limitConnections } from './connection-limit.ts'
import { createMessageClasses } from './message-classes.ts'
import { isWaiting, startInTurn } from './pipelining.ts'
import type { RequestTracker } from './request-tracker.ts'
import { disconnectSlowReaders } from './slow-readers.ts'
import { createAnsweredEarly, limitUnreadBody, mayBeEndless } from './unread-body.ts'

/**
 * The routers of Cloud Foundry and Heroku keep idle connections for 90 s. If the service closed one earlier, the router
 * could lose the next POST on it.
 */
const KEEP_ALIVE_MS = 95_000

export interface ServerOptions {
  tracker: RequestTracker
  /** How long a client may take to send a request, or take nothing of its response. */
  timeoutMs: number
  /** The largest request line and headers together, in bytes. */
  headerLimit: number
  limits: MemoryLimits
  /** Is called each time a connection is closed to make room for another. */
  onFull: () => void
}

export function createHttpServer(app: Express, options: ServerOptions): Server {
  const { tracker, timeoutMs, headerLimit, limits, onFull } = options
  const answeredEarly = createAnsweredEarly()
  const server = createServer({
    ...createMessageClasses(app, answeredEarly.note),
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    connectionsCheckingInterval: timeoutMs / 4,
    maxHeaderSize: headerLimit,
    requireHostHeader: false, // Node would answer without a body; protocol.ts answers with a problem.
  })
  server.maxHeadersCount = 0 // Bounded by maxHeaderSize. By default Node drops those after the 1000th.
  server.maxRequestsPerSocket = 0 // Unlimited: a router sends the requests of all its clients over a few connections.

  const pipelined = createByteBudget(limits.pipelined)
  const refuse = (error: Error, socket: Socket) =>
    answerClientError(socket, error, { tracker, headerLimit, answeredEarly })
  const accept: RequestListener = (req, res) => {
    if (isWaiting(res)) return startInTurn(req, res, pipelined, () => accept(req, res))
    if (mayBeEndless(req)) limitUnreadBody(req, res)
    if (hasTarget(req)) app(req, res)
    else refuse(new Error('The request target is not a URL.'), req.socket)
  }
  server.on('request', accept)
  server.on('checkContinue', accept) // body.ts sends 100 Continue when it reads the body.
  server.on('checkExpectation', accept)
  server.on('clientError', (error, socket) => refuse(error, socket as Socket))
  limitConnections(server, limits.connections, { inFlight: tracker.inFlight, onFull })
  disconnectSlowReaders(server, { inFlight: tracker.inFlight, timeoutMs, maxBytes: limits.responses })
  return server
}

/**
 * A request target (RFC 9112, 3.2) is usually a path. It may be an absolute URL, which is reduced to its path. Express would
 * answer an invalid one without any middleware.
 */
function hasTarget(req: IncomingMessage): boolean {
  const target = req.url ?? ''
  if (target.startsWith('/') || target === '*') return true
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (!url || !/^https?:$/.test(url.protocol)) return false
  req.url = url.pathname + url.search
  return true
}

/**
 * Accepts no more connections, lets the requests in flight finish, and closes the remaining connections, which are idle or
 * have sent only a part of a request. Resolves when all are closed.
 */
export async function closeServer(server: Server, tracker: RequestTracker): Promise<void> {
  // close() of node:net, because that of node:http also destroys connections whose response has ended but is not yet
  // sent.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  await tracker.whenIdle()
  server.closeAllConnections()
  await closed
}
