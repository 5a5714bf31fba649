// Requests without a pause, through the router, while instances come and go; and one upload that is in flight as long as
// it has to be.

import { once } from 'node:events'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PushPlan } from './push-plan.ts'
import type { Router } from './router.ts'

export interface Traffic {
  /** Settles when the last answer is there. */
  stop(): Promise<{ requests: number; failures: string[] }>
}

const CLIENTS = 6
const PAUSE_MS = 10
const ANSWER_MS = 15_000

export interface TrafficOptions {
  /** Whether it may be that there is nobody to answer, as after the last instance. */
  mayBeAlone?: boolean
  /** What takes longer to be answered has failed. */
  answerMs?: number
}

export function startTraffic(
  url: string,
  { gets, post }: PushPlan['traffic'],
  { mayBeAlone, answerMs = ANSWER_MS }: TrafficOptions = {},
): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const asks = [...gets.map((path) => ['GET', path] as const), ...(post ? [['POST', post] as const] : [])]
  const failures: string[] = []
  let [going, requests] = [true, 0]
  const clients = Array.from({ length: CLIENTS }, (_, client) => keepAsking(client))

  return {
    async stop() {
      going = false
      await Promise.all(clients)
      agent.destroy()
      return { requests, failures }
    },
  }

  async function keepAsking(client: number) {
    for (let turn = client; going; turn++) {
      const [method, path] = asks[turn % asks.length]!
      requests += 1
      const wrong = await ask(method, path)
      if (wrong && failures.length < 20) failures.push(`${method} ${path}: ${wrong}`)
      await sleep(PAUSE_MS)
    }
  }

  async function ask(method: string, path: string): Promise<string | undefined> {
    const body = method === 'POST' ? '{}' : ''
    const headers = body ? { 'content-type': 'application/json', 'content-length': body.length } : {}
    const signal = AbortSignal.timeout(answerMs)
    const asked = request(new URL(path, url), { agent, method, headers, signal })
    try {
      asked.end(body)
      const status = await readStatus(asked)
      return status.ok || (mayBeAlone && status.alone) ? undefined : `${status.code}`
    } catch (error) {
      return explain(error as Error, signal, answerMs)
    }
  }
}

const explain = ({ message }: Error, { aborted }: AbortSignal, answerMs: number) =>
  aborted ? `no answer within ${answerMs / 1000} s` : message

async function readStatus(asked: ClientRequest) {
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  const { statusCode: code = 0, headers } = response
  return { code, ok: code < 500, alone: headers['x-cf-routererror'] === 'no_endpoints' }
}

export interface Upload {
  /** Sends the rest after a while, in which it is in flight. Settles with what went wrong, or undefined. */
  finish(): Promise<string | undefined>
}

/** Long enough for a process that ends at once by SIGTERM to be gone. */
const IN_FLIGHT_MS = 400

const MARK = 'x-rehearsal-upload'

/** Begins a request and sends the half of its body. Settles when the instance has a part of it. */
export async function beginUpload({ url, forwarded }: Router, path: string): Promise<Upload> {
  const body = '{"a": "in flight"}'
  const headers = { 'content-type': 'application/json', 'content-length': body.length, [MARK]: '1' }
  const arrived = forwarded(MARK)
  const signal = AbortSignal.timeout(ANSWER_MS)
  const asked = request(new URL(path, url), { agent: false, method: 'POST', headers, signal })
  const answered = readStatus(asked).then(
    ({ ok, code }) => (ok ? undefined : `${code}`),
    (error: Error) => explain(error, signal, ANSWER_MS),
  )
  asked.write(body.slice(0, 5))
  await Promise.race([arrived, answered])
  return {
    async finish() {
      await sleep(IN_FLIGHT_MS)
      asked.end(body.slice(5))
      return answered
    },
  }
}
