// Shows the metrics to Prometheus: on the service's own port, or on one that the outside does not reach.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Mounted } from '../../ports.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { createServer } from '../node-http.ts'
import { notFound, Problem } from '../problem.ts'
import { toProblem, writeProblem } from './answers.ts'
import { STANDARD_HEADERS } from './headers.ts'
import { listen } from './listen.ts'

export function createMetricsRoute(metrics: Metrics): Mounted {
  return {
    routes: {
      'GET /metrics': (_req, res) => tell(metrics, res),
    },
  }
}

async function tell({ registry, tell }: Metrics, res: ServerResponse) {
  const text = await tell()
  res.writeHead(200, { ...STANDARD_HEADERS, 'content-type': registry.contentType }).end(text)
}

/** Requests to this port are neither logged nor counted: nobody is served there. */
export async function serveMetrics(
  metrics: Metrics,
  port: number,
  { log, lifecycle }: { log: Log; lifecycle: Lifecycle },
) {
  const server = createServer({ requireHostHeader: false }, async (req, res) => {
    try {
      refuseOthers(req)
      await tell(metrics, res)
    } catch (error) {
      writeProblem(res, toProblem(error), STANDARD_HEADERS)
    }
  })
  log.info({ port: await listen(server, port, 'METRICS_PORT') }, 'metrics listening')
  lifecycle.onStop('metrics', () => server.close())
}

function refuseOthers({ url, method }: IncomingMessage) {
  if (!/^\/metrics\/?(\?|$)/.test(url ?? '')) throw notFound('Only /metrics is here.')
  if (method !== 'GET' && method !== 'HEAD') {
    throw new Problem(405, `${method} is not a method of /metrics.`, { headers: { allow: 'GET, HEAD' } })
  }
}
