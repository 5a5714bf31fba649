// Factor VII, port binding: the service brings its own HTTP server. Its limits are set on purpose, so that slow or
// silent clients cost little and routers find the connections alive that they keep.

import type { IncomingMessage, RequestListener, Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { Express } from 'express'
import { createServer } from '../node-http.ts'
import { answerClientError, MAX_HEADER_BYTES } from './client-error.ts'
import { createMessageClasses } from './message-classes.ts'
import type { RequestTracker } from './request-tracker.ts'
import { cutOffSlowReaders } from './slow-readers.ts'

/** Cloud Foundry's router and Heroku's keep idle connections for 90 s. Who closes first loses the other's next POST. */
const KEEP_ALIVE_MS = 95_000

/** The platform allows 16,384 open files, and a connection costs 12 kB. Beyond this, new ones are closed at once. */
const MAX_CONNECTIONS = 5000

/** @param timeoutMs how long a client may take to send a request, or to fetch an answer */
export function createHttpServer(app: Express, tracker: RequestTracker, timeoutMs: number): Server {
  const server = createServer({
    ...createMessageClasses(app),
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    connectionsCheckingInterval: timeoutMs / 4,
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: false, // Node's refusal has no body; protocol.ts refuses with a problem.
  })
  server.maxConnections = MAX_CONNECTIONS
  server.maxRequestsPerSocket = 0 // No end: a router sends the requests of all its clients over a few connections.

  const accept: RequestListener = (req, res) => {
    if (hasTarget(req)) app(req, res)
    else answerClientError(req.socket, new Error('The request target is no URL.'), tracker)
  }
  server.on('request', accept)
  server.on('checkContinue', accept) // Whoever reads the body says that it may come.
  server.on('checkExpectation', accept)
  server.on('clientError', (error, socket) => answerClientError(socket as Socket, error, tracker))
  cutOffSlowReaders(server, tracker, timeoutMs)
  return server
}

/**
 * A request target (RFC 9112, 3.2) is a path as a rule, but may be a whole URL, which then is cut down to its path.
 * Express would answer one that is no URL past every middleware.
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
 * Takes no more connections, lets the requests in flight finish, and closes what is left: connections on which no
 * request has come, or only a part of one. Settles when all are closed.
 */
export async function closeServer(server: Server, tracker: RequestTracker): Promise<void> {
  // The plain close of node:net: that of node:http also destroys connections whose answer has ended but is not yet
  // sent.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()))
  await tracker.whenIdle()
  server.closeAllConnections()
  await closed
}
