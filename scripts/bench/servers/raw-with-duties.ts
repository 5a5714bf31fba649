// node:http with the duties of the service, written by hand for two routes: what the service would cost without a
// framework.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerPost, getBody } from './answers.ts'
import { ANSWER_HEADERS, clientOf, countRequest, logListening, logRequest, readRequestId, registry } from './duties.ts'

const server = createServer((req, res) => {
  const started = performance.now()
  const requestId = readRequestId(req)
  const client = clientOf(req)
  res.once('close', () => {
    const seconds = (performance.now() - started) / 1000
    countRequest(req.method!, req.url!, res.statusCode, seconds)
    logRequest(req, { requestId, client, status: res.statusCode, seconds })
  })
  if (req.url === '/metrics') void showMetrics(res)
  else if (req.method === 'POST') answerBody(req, res, requestId)
  else answer(res, requestId, 'text/plain; charset=utf-8', getBody)
})

function answerBody(req: IncomingMessage, res: ServerResponse, requestId: string) {
  const chunks: Buffer[] = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => answer(res, requestId, 'application/json', answerPost(Buffer.concat(chunks))))
}

function answer(res: ServerResponse, requestId: string, type: string, body: string | Buffer) {
  const own = { 'x-request-id': requestId, 'content-type': type, 'content-length': body.length }
  res.writeHead(200, { ...ANSWER_HEADERS, ...own }).end(body)
}

async function showMetrics(res: ServerResponse) {
  res.end(await registry.metrics())
}

server.listen(process.env.PORT, () => logListening((server.address() as AddressInfo).port))
process.on('SIGTERM', () => process.exit())
