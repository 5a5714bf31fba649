// Shows the metrics to Prometheus: on the service's own port, or on one that the outside does not reach.

import express from 'express'
import type { Mounted } from '../../ports.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { createServer } from '../node-http.ts'
import { answerWithProblem, refuseUnknownPath } from './answers.ts'
import { listen } from './listen.ts'

export function createMetricsRoute({ registry, tell }: Metrics): Mounted {
  return {
    routes: {
      'GET /metrics': async (_req, res) => {
        const text = await tell()
        res.writeHead(200, { 'content-type': registry.contentType }).end(text)
      },
    },
  }
}

/** Requests to this port are neither logged nor counted: nobody is served there. */
export async function serveMetrics(
  metrics: Metrics,
  port: number,
  { log, lifecycle }: { log: Log; lifecycle: Lifecycle },
) {
  const app = express().disable('x-powered-by')
  app.get('/metrics', createMetricsRoute(metrics).routes!['GET /metrics']!)
  app.use(refuseUnknownPath, answerWithProblem(log))
  const server = createServer(app)
  log.info({ port: await listen(server, port, 'METRICS_PORT') }, 'metrics listening')
  lifecycle.onStop('metrics', () => server.close())
}
