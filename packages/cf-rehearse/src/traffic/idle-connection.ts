// Step "idle": an idle connection has to stay open. The router keeps it for 90 s. If the instance closes it earlier,
// the request that the router is sending at that moment is lost.

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Instance } from '../container/launch.ts'
import { platform, shortened } from '../platform/platform.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'

const RESPONSE_MS = 10_000

export interface IdleConnection extends Disposable {
  /** @throws {Finding} if the instance closed the connection, or would close it before the router does */
  check(note: Note): Promise<void>
}

export async function openIdleConnection({ address, port }: Instance, path: string): Promise<IdleConnection> {
  const socket = connect(port, address)
  socket.on('error', () => {}) // The check then finds the socket closed.
  const head = await requestHead(socket, path)
  const sinceMs = performance.now()
  const announced = /^keep-alive:.*?timeout=(\d+)/im.exec(head)?.[1]
  const closing = /^connection: *close/im.test(head)

  return {
    async check(note) {
      await sleep(Math.max(0, sinceMs + shortened.idleMs - performance.now()))
      const idleSeconds = Math.round((performance.now() - sinceMs) / 1000)
      if (socket.closed || socket.readableEnded || closing) throwClosed(`was closed within ${idleSeconds} s`)
      if (announced && Number(announced) < platform.routerIdleSeconds)
        throwClosed(`will be closed after ${announced} s, by its Keep-Alive header`)
      if ((await requestHead(socket, path)) === '') throwClosed('was closed at the next request')
      const header = announced ? `its Keep-Alive header announces ${announced} s` : 'it has no Keep-Alive header'
      note(`a connection was usable after ${idleSeconds} s without a request; ${header}`)
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

const throwClosed = (what: string): never =>
  throwFinding(`An idle connection ${what}.`, {
    fact:
      `the router keeps idle connections for ${platform.routerIdleSeconds} s and sends requests over them. A POST ` +
      'over a connection that is being closed fails with 502.',
    remedy: 'Set keepAliveTimeout of the server to 95 s.',
  })

/** @returns the head of the response, or an empty string if the connection was closed */
async function requestHead(socket: Socket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: rehearsal.example.com\r\nConnection: keep-alive\r\n\r\n`)
  const arrived = once(socket, 'data').catch(() => [])
  const closed = socket.closed ? [] : once(socket, 'close').catch(() => [])
  const received = await Promise.race([arrived, closed, sleep(RESPONSE_MS, undefined, { ref: false })])
  if (!received) return throwSilence(path)
  return Buffer.isBuffer(received[0]) ? received[0].toString('latin1').split('\r\n\r\n')[0]! : ''
}

const throwSilence = (path: string): never =>
  throwFinding(`GET ${path} had no response within ${RESPONSE_MS / 1000} s.`, {
    fact: 'the client of such a request waits until the router gives up.',
    remedy: 'Respond in time, or with an error.',
  })
