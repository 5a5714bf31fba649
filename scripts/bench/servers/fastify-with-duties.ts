// Fastify 5 with the duties of the service and tuned for speed: no logger of its own, headers in one go, plain
// JSON.parse, answers that are already serialised.

import fastify, { type FastifyReply } from 'fastify'
import { answerPost, getBody } from './answers.ts'
import { ANSWER_HEADERS, clientOf, countRequest, logListening, logRequest, readRequestId, registry } from './duties.ts'

const app = fastify({ logger: false, genReqId: readRequestId, exposeHeadRoutes: false })

// Fastify's JSON parser also looks for poisoned prototypes, which the others don't.
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_req, body, done) => done(null, body))

// Not the onResponse hook, which misses requests that a client aborts.
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

const { GET_PATH = '/', POST_PATH = '/' } = process.env
app.get(GET_PATH, (req, reply) => answer(reply, req.id, 'text/plain; charset=utf-8', getBody))
app.post(POST_PATH, (req, reply) => answer(reply, req.id, 'application/json', answerPost(req.body as Buffer)))
app.get('/metrics', () => registry.metrics())

function answer(reply: FastifyReply, requestId: string, type: string, body: string | Buffer) {
  return reply.headers({ ...ANSWER_HEADERS, 'x-request-id': requestId, 'content-type': type }).send(body)
}

const url = await app.listen({ port: Number(process.env.PORT), host: '::' })
logListening(Number(new URL(url).port))
process.on('SIGTERM', () => process.exit())
