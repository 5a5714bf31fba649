// Step "idle": connections that nobody uses for a while stay open. The router keeps them for 90 s; an instance that
// closes one earlier loses the request that is just on its way.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './launch.ts'
import { platform, shortened } from './platform.ts'
import { refuse } from './refusal.ts'

const ANSWER_MS = 10_000

export interface IdleConnection extends Disposable {
  /** @throws {Refusal} where it was closed, or will be before the router does it */
  check(tell: (found: string) => void): Promise<void>
}

export async function openIdleConnection({ address, port }: Instance, path: string): Promise<IdleConnection> {
  const socket = connect(port, address)
  socket.on('error', () => {}) // It shows as closed.
  const head = await ask(socket, path)
  const sinceMs = performance.now()
  const announced = /^keep-alive:.*?timeout=(\d+)/im.exec(head)?.[1]
  const refusing = /^connection: *close/im.test(head)

  return {
    async check(tell) {
      await sleep(Math.max(0, sinceMs + shortened.idleMs - performance.now()))
      const idleSeconds = Math.round((performance.now() - sinceMs) / 1000)
      if (socket.closed || socket.readableEnded || refusing) demand(`was closed within ${idleSeconds} s`)
      if (announced && Number(announced) < platform.routerIdleSeconds)
        demand(`is said to be closed after ${announced} s`)
      if ((await ask(socket, path)) === '') demand('was closed by the next request')
      const said = announced
        ? `the service says it keeps one for ${announced} s`
        : 'for how long it is kept was not said'
      tell(`a connection was open and usable after ${idleSeconds} s without a request; ${said}`)
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

const demand = (what: string): never =>
  refuse(`An idle connection ${what}.`, {
    fact:
      `the router keeps idle connections for ${platform.routerIdleSeconds} s and sends requests over them: a POST ` +
      'that meets a closing one is answered with 502.',
    remedy: 'Set keepAliveTimeout of the server to 95 s.',
  })

/** @returns the head of the answer; empty where the connection was closed instead */
async function ask(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: rehearsal.example.com\r\nConnection: keep-alive\r\n\r\n`)
  const arrived = once(socket, 'data').catch(() => [])
  const closed = socket.closed ? [] : once(socket, 'close').catch(() => [])
  const answer = await Promise.race([arrived, closed, sleep(ANSWER_MS, undefined, { ref: false })])
  if (!answer) return refuseSilence(path)
  return Buffer.isBuffer(answer[0]) ? answer[0].toString('latin1').split('\r\n\r\n')[0]! : ''
}

const refuseSilence = (path: string): never =>
  refuse(`GET ${path} had no answer within ${ANSWER_MS / 1000} s.`, {
    fact: 'a request that an instance does not answer keeps its client waiting, until the router gives up.',
    remedy: 'Answer in time, or with an error.',
  })
