// Shows the metrics to Prometheus: on the service's own port, or on one that the outside does not reach.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import type { Mounted } from '../../ports.ts'
import type { Lifecycle } from '../lifecycle.ts'
import type { Log } from '../log.ts'
import { createServer } from '../node-http.ts'
import { notFound, PROBLEM_TYPE } from '../problem.ts'

export function createMetricsRoute(registry: Registry): Mounted {
  return {
    routes: {
      'GET /metrics': async (_req, res) => {
        const text = await registry.metrics()
        res.writeHead(200, { 'content-type': registry.contentType }).end(text)
      },
    },
  }
}

export async function serveMetrics(
  registry: Registry,
  port: number,
  { log, lifecycle }: { log: Log; lifecycle: Lifecycle },
) {
  const server = createServer(async (req, res) => {
    if (req.url !== '/metrics') {
      return void res
        .writeHead(404, { 'content-type': PROBLEM_TYPE })
        .end(JSON.stringify(notFound('Only /metrics is here.')))
    }
    const text = await registry.metrics()
    res.writeHead(200, { 'content-type': registry.contentType }).end(text)
  })
  await once(server.listen(port), 'listening')
  lifecycle.onStop('metrics', () => server.close())
  log.info({ port: (server.address() as AddressInfo).port }, 'metrics listening')
}
