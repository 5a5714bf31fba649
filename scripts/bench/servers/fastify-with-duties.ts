// Fastify 5 with the duties of the service and tuned for speed: no logger of its own, headers in one go, plain
// JSON.parse, answers that are already serialised.

import fastify, { type FastifyReply } from 'fastify'
import { ANSWER_HEADERS, clientOf, countRequest, logListening, logRequest, readRequestId, registry } from './duties.ts'
import { filterByParsing } from './filter-by-parsing.ts'

const app = fastify({ logger: false, genReqId: readRequestId, exposeHeadRoutes: false })

// Fastify's own JSON parser also looks for poisoned prototypes, which none of the others does.
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_req, body, done) => done(null, body))

// Not the onResponse hook: it would miss the requests that a client gives up.
app.addHook('onRequest', (req, reply, done) => {
  const started = performance.now()
  const client = clientOf(req.raw)
  reply.raw.once('close', () => {
    const seconds = (performance.now() - started) / 1000
    countRequest(req.method, req.routeOptions.url ?? 'unmatched', reply.statusCode, seconds)
    logRequest(req.raw, { requestId: req.id, client, status: reply.statusCode, seconds })
  })
  done()
})

app.get(process.env.HELLO_PATH!, (req, reply) => answer(reply, req.id, 'text/plain; charset=utf-8', 'Hello world\n'))
app.post('/', (req, reply) => answer(reply, req.id, 'application/json', filterByParsing(req.body as Buffer)))
app.get('/metrics', () => registry.metrics())

function answer(reply: FastifyReply, requestId: string, type: string, body: string | Buffer) {
  return reply.headers({ ...ANSWER_HEADERS, 'x-request-id': requestId, 'content-type': type }).send(body)
}

const url = await app.listen({ port: Number(process.env.PORT), host: '::' })
logListening(Number(new URL(url).port))
process.on('SIGTERM', () => process.exit())
