// Tracks requests from start to end. Each one is logged in one line and counted once, on `close`, because a request that
// the client aborts never emits `finish`.

import type { Socket } from 'node:net'
import type { Request, RequestHandler, Response } from 'express'
import type { Log, LogSink } from '../../ports/log.ts'
import { requestContext } from '../context.ts'
import { timestamp } from '../log.ts'
import type { ChassisRuntime } from '../runtime.ts'
import { clientAddress, peerAddress } from './client-address.ts'
import { createRequestCount } from './request-count.ts'
import { readRequestIds } from './request-ids.ts'

export interface RequestTracker {
  middleware: RequestHandler
  /** The responses in flight, the oldest first. */
  inFlight: ReadonlySet<Response>
  inFlightOn(socket: Socket): Response | undefined
  /** Resolves as soon as nothing is in flight. */
  whenIdle(): Promise<void>
  /** Logs and counts what was rejected before it became a request. */
  refused(socket: Socket, requestId: string, status: number): void
}

export function createRequestTracker({ config, log, sink, registry }: ChassisRuntime): RequestTracker {
  const inFlight = new Set<Response>()
  let idle: PromiseWithResolvers<void> | undefined
  const count = createRequestCount(registry, () => inFlight.size)
  const logLine = createLineLogger(log, sink)

  return {
    inFlight,
    inFlightOn: (socket) => [...inFlight].find((res) => res.req.socket === socket),

    middleware: function trackRequest(req, res, next) {
      const started = performance.now()
      const ids = readRequestIds(req)
      // A connection that is reset loses its peer address, so it is read now.
      const client = clientAddress(req, config.TRUST_PROXY_HOPS)
      req.id = ids.requestId
      inFlight.add(res)
      res.on('close', () => {
        inFlight.delete(res)
        if (inFlight.size === 0) idle?.resolve()
        const seconds = (performance.now() - started) / 1000
        count(req.method, routeOf(req), statusOf(res), seconds)
        logLine(req, res, { ...ids, client, seconds })
      })
      requestContext.run(ids, next)
    },

    async whenIdle() {
      if (inFlight.size === 0) return
      idle ??= Promise.withResolvers()
      await idle.promise
    },

    refused(socket, requestId, status) {
      count('unknown', 'unmatched', status, 0)
      log.info({ requestId, client: peerAddress(socket), status }, 'request refused')
    },
  }
}

interface Seen {
  requestId: string
  traceId?: string
  client: string
  seconds: number
}

/** A prepared line instead of pino's general one saves 4 µs per request, a sixth of the cheapest one. */
function createLineLogger(log: Log, sink: LogSink) {
  if (!log.isLevelEnabled('info')) return () => {}
  const always = JSON.stringify(log.bindings()).slice(1, -1)

  return function logLine(req: Request, res: Response, { requestId, traceId, client, seconds }: Seen) {
    const trace = traceId ? `"traceId":"${traceId}",` : ''
    const aborted = res.writableFinished ? '' : ',"aborted":true'
    const agent = req.headers['user-agent'] ? `,"userAgent":${JSON.stringify(req.headers['user-agent'])}` : ''
    sink.write(
      `{"level":"info","time":"${timestamp()}",${always},"requestId":"${requestId}",${trace}` +
        `"method":"${req.method}","path":${JSON.stringify(pathOf(req))},"status":${statusOf(res)},` +
        `"durationMs":${(seconds * 1000).toFixed(2)},"client":"${client}"${agent}${aborted},"message":"request"}\n`,
    )
  }
}

/** Without the query, which may contain secrets. */
const pathOf = ({ originalUrl }: Request): string => originalUrl.split('?', 1)[0]!.slice(0, 2048)

/** 499, as proxies log it, if the client disconnected before there was a response. */
const statusOf = (res: Response) => (res.headersSent ? res.statusCode : 499)

/** The path in the form of Express. */
const routeOf = ({ route }: Request): string => route?.path ?? 'unmatched'
