// A small reverse proxy that behaves like the platform's router: the same headers, persistent connections and few
// retries. It records the requests that it could not complete.

import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { type AddressInfo, isIP } from 'node:net'
import type { Instance } from '../container/launch.ts'
import { throwFinding } from '../report/finding.ts'
import { platform } from './platform.ts'

export interface Router extends AsyncDisposable {
  url: string
  add(instance: Instance): void
  /** Opens no new connections to the instance. Idle connections are still used. */
  closeTo(instance: Instance): void
  remove(instance: Instance): void
  /** The requests that it could not complete, with the reason. */
  failures(): string[]
  /** Settles when a request with this header is sent over a connection to an instance. */
  forwarded(header: string): Promise<void>
}

interface Endpoint {
  instance: Instance
  agent: Agent
}

export async function openRouter(): Promise<Router> {
  const endpoints = new Map<Instance, Endpoint>()
  const closed = new Set<Instance>()
  const failures: string[] = []
  const connections = new EventEmitter()
  const leftOutUntilMs = new Map<Instance, number>()
  let turn = 0
  const server = createServer({ keepAliveTimeout: 900_000, requestTimeout: 0 }, (req, res) => {
    if (isIP(hostOf(req)) !== 0) return fail(res, 400, 'empty_host')
    forward(req, res, 1)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')

  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    add: (instance) => void endpoints.set(instance, { instance, agent: createAgent(() => closed.has(instance)) }),
    closeTo: (instance) => void closed.add(instance),
    remove(instance) {
      endpoints.get(instance)?.agent.destroy()
      endpoints.delete(instance)
    },
    failures: () => failures,
    forwarded: (header) => new Promise((resolve) => connections.once(header, () => resolve())),
    async [Symbol.asyncDispose]() {
      for (const { agent } of endpoints.values()) agent.destroy()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }

  function forward(req: IncomingMessage, res: ServerResponse, attempt: number) {
    const all = [...endpoints.values()]
    turn += 1
    const usable = all.filter(({ instance }) => (leftOutUntilMs.get(instance) ?? 0) <= performance.now())
    // If all of them have failed, the router tries them all again.
    const candidates = usable.length > 0 ? usable : all
    const endpoint = candidates[turn % candidates.length]
    if (!endpoint) return fail(res, 503, 'no_endpoints')
    const { address, port } = endpoint.instance
    const { method = 'GET', url: path = '/' } = req
    const outgoing = request({
      host: address,
      port,
      method,
      path,
      agent: endpoint.agent,
      headers: headersFor(req, endpoint),
    })
    let connected = false
    outgoing.once('socket', (socket) => {
      const send = () => {
        connected = true
        req.pipe(outgoing)
        for (const header of Object.keys(req.headers)) connections.emit(header)
      }
      if (socket.connecting) socket.once('connect', send)
      else send()
    })
    outgoing.once('response', (response) => respond(response, res))
    res.once('close', () => res.writableFinished || outgoing.destroy())
    outgoing.once('error', (error) => {
      if (res.destroyed) return
      const attempts = Math.max(Math.min(platform.routerAttempts, all.length), 1)
      const wasReset = connected && !isEndOfFile(error)
      if (!connected || wasReset) {
        leftOutUntilMs.set(endpoint.instance, performance.now() + platform.routerLeftOutSeconds * 1000)
      }
      const retries = attempt < attempts && (!connected || (!wasReset && isRepeatable(req)))
      if (retries && !res.headersSent) return forward(req, res, attempt + 1)
      if (!connected && all.every(({ instance }) => closed.has(instance))) return fail(res, 503, 'no_endpoints')
      failures.push(`${method} ${path} on ${endpoint.instance.name}: ${error.message}`)
      if (res.headersSent) res.destroy()
      else fail(res, 502, `endpoint_failure (${error.message})`)
    })
  }
}

/** The instance closed the connection in order, before it responded. Node reports a reset with the same code. */
const isEndOfFile = ({ message }: Error) => message === 'socket hang up'

const hostOf = ({ headers: { host = '' } }: IncomingMessage) => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')

/** A request with a body is never repeated, because the instance may have processed it. */
function isRepeatable({ method = '', headers }: IncomingMessage): boolean {
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
  const named = headers['idempotency-key'] ?? headers['x-idempotency-key']
  return !hasBody && (['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method) || named !== undefined)
}

function createAgent(isClosed: () => boolean): Agent {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 100, timeout: platform.routerIdleSeconds * 1000 })
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options, done) => {
    if (!isClosed()) return connect(options, done)
    const refused = new Error('the router opens no new connections to this instance')
    process.nextTick(() => done?.(refused, undefined as never))
    return undefined
  }
  return agent
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade']

function headersFor(req: IncomingMessage, { instance }: Endpoint) {
  const client = req.socket.remoteAddress?.replace(/^::ffff:/, '')
  const before = req.headers['x-forwarded-for']
  const headers = Object.entries(req.headers).filter(([name]) => !HOP_BY_HOP.includes(name))
  return {
    'x-forwarded-proto': 'https',
    'x-request-start': String(Date.now()),
    ...Object.fromEntries(headers),
    'x-forwarded-for': before ? `${before}, ${client}` : client,
    'x-vcap-request-id': randomUUID(),
    'x-cf-applicationid': '6f7e1f3c-0000-4000-8000-000000000001',
    'x-cf-instanceid': instance.guid,
    'x-cf-instanceindex': String(instance.index),
  }
}

function respond(response: IncomingMessage, res: ServerResponse) {
  const headers = Object.entries(response.headers).filter(([name]) => !HOP_BY_HOP.includes(name))
  res.writeHead(response.statusCode ?? 502, Object.fromEntries(headers))
  response.pipe(res)
  response.once('error', () => res.destroy())
}

function fail(res: ServerResponse, status: number, error: string) {
  res.writeHead(status, { 'x-cf-routererror': error, 'content-type': 'text/plain' })
  res.end(`${status}: ${error}\n`)
}

export function requireNoFailures(router: Pick<Router, 'failures'>) {
  const failures = router.failures()
  if (failures.length === 0) return
  throwFinding(`The router could not complete ${failures.length} requests: ${failures.slice(0, 3).join('; ')}.`, {
    fact: 'the router responds with 502 if an instance does not respond; it never repeats a request with a body.',
    remedy:
      'Keep idle connections open longer than the router, and finish requests in flight before the process exits.',
  })
}
