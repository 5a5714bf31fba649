// Continuous requests through the router while instances are replaced, and one upload that stays in flight meanwhile.

import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Traffic as TrafficPlan } from '../manifest/contract.ts'
import type { Router } from '../platform/router.ts'

export interface Traffic {
  /** Settles when the last response has arrived. */
  stop(): Promise<{ requests: number; failures: string[] }>
}

const CLIENTS = 6
const PAUSE_MS = 10
const RESPONSE_MS = 15_000

export interface TrafficOptions {
  /** Whether there may be no instance, as after the last one has stopped. */
  allowNoInstance?: boolean
  /** A request without a response within this time has failed. */
  responseMs?: number
}

export function startTraffic(
  url: string,
  { gets, post }: TrafficPlan,
  { allowNoInstance, responseMs = RESPONSE_MS }: TrafficOptions = {},
): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const requested = [...gets.map((path) => ['GET', path] as const), ...(post ? [['POST', post] as const] : [])]
  const failures: string[] = []
  let [going, requests] = [true, 0]
  const clients = Array.from({ length: CLIENTS }, (_, client) => keepRequesting(client))

  return {
    async stop() {
      going = false
      await Promise.all(clients)
      agent.destroy()
      return { requests, failures }
    },
  }

  async function keepRequesting(client: number) {
    for (let turn = client; going; turn++) {
      const [method, path] = requested[turn % requested.length]!
      requests += 1
      const failure = await send(method, path)
      if (failure && failures.length < 20) failures.push(`${method} ${path}: ${failure}`)
      await sleep(PAUSE_MS)
    }
  }

  async function send(method: string, path: string): Promise<string | undefined> {
    const body = method === 'POST' ? '{}' : ''
    const headers = body ? { 'content-type': 'application/json', 'content-length': body.length } : {}
    const signal = AbortSignal.timeout(responseMs)
    const req = request(new URL(path, url), { agent, method, headers, signal })
    try {
      req.end(body)
      const status = await readStatus(req)
      return status.ok || (allowNoInstance && status.noInstance) ? undefined : `${status.code}`
    } catch (error) {
      return explain(error as Error, signal, responseMs)
    }
  }
}

const explain = ({ message }: Error, { aborted }: AbortSignal, responseMs: number) =>
  aborted ? `no response within ${responseMs / 1000} s` : message

async function readStatus(req: ClientRequest) {
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  const { statusCode: code = 0, headers } = response
  return { code, ok: code < 500, noInstance: headers['x-cf-routererror'] === 'no_endpoints' }
}

export interface Upload {
  /** Sends the rest of the body after a while. Settles with what went wrong, or undefined. */
  finish(): Promise<string | undefined>
}

/** Long enough for a process that does not handle SIGTERM to end. */
const IN_FLIGHT_MS = 400

const MARK = 'x-rehearsal-upload'

/** Begins a request and sends a part of its body. Settles when the router has forwarded it. */
export async function beginUpload({ url, forwarded }: Router, path: string): Promise<Upload> {
  const body = '{"a": "in flight"}'
  const headers = { 'content-type': 'application/json', 'content-length': body.length, [MARK]: '1' }
  const arrived = forwarded(MARK)
  const signal = AbortSignal.timeout(RESPONSE_MS)
  const req = request(new URL(path, url), { agent: false, method: 'POST', headers, signal })
  const responded = readStatus(req).then(
    ({ ok, code }) => (ok ? undefined : `${code}`),
    (error: Error) => explain(error, signal, RESPONSE_MS),
  )
  req.write(body.slice(0, 5))
  await Promise.race([arrived, responded])
  return {
    async finish() {
      await sleep(IN_FLIGHT_MS)
      req.end(body.slice(5))
      return responded
    },
  }
}
