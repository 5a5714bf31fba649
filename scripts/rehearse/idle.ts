// Step "idle": connections that nobody uses for a while stay open. The router keeps them for 90 s; an instance that
// closes one earlier loses the request that is just on its way.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from './launch.ts'
import { platform, shortened } from './platform.ts'
import { refuse } from './refusal.ts'

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
      await ask(socket, path)
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

/** @returns the head of the answer */
async function ask(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: rehearsal.example.com\r\nConnection: keep-alive\r\n\r\n`)
  const [chunk] = (await once(socket, 'data', { signal: AbortSignal.timeout(10_000) })) as [Buffer]
  return chunk.toString('latin1').split('\r\n\r\n')[0]!
}
