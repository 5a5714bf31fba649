// Serves the metrics to Prometheus: on the port of the service, or on a separate one that is not public.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Registry } from 'prom-client'
import type { Mounted } from '../../ports/routes.ts'
import { createServer } from '../node-http.ts'
import { notFound, Problem } from '../problem.ts'
import type { ChassisRuntime } from '../runtime.ts'
import { toProblem, writeProblem } from './errors.ts'
import { STANDARD_HEADERS } from './headers.ts'
import { listen } from './listen.ts'

type Expose = () => Promise<string>

export function createMetricsRoute(expose: Expose): Mounted {
  return {
    routes: {
      'GET /metrics': (_req, res) => send(expose, res),
    },
  }
}

async function send(expose: Expose, res: ServerResponse) {
  const text = await expose()
  res.writeHead(200, { ...STANDARD_HEADERS, 'content-type': Registry.PROMETHEUS_CONTENT_TYPE }).end(text)
}

/** Requests to this port are neither logged nor counted, because they are not traffic of the service. */
export async function serveMetrics({ log, lifecycle }: ChassisRuntime, expose: Expose, port: number) {
  const server = createServer({ requireHostHeader: false }, async (req, res) => {
    try {
      refuseOthers(req)
      await send(expose, res)
    } catch (error) {
      writeProblem(res, toProblem(error), STANDARD_HEADERS)
    }
  })
  log.info({ port: await listen(server, port, 'METRICS_PORT') }, 'metrics listening')
  lifecycle.onStop('metrics', () => server.close())
}

function refuseOthers({ url, method }: IncomingMessage) {
  if (!/^\/metrics\/?(\?|$)/.test(url ?? '')) throw notFound('This port serves /metrics only.')
  if (method !== 'GET' && method !== 'HEAD') {
    throw new Problem(405, `${method} is not a method of /metrics.`, { headers: { allow: 'GET, HEAD' } })
  }
}
