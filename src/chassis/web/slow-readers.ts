// Disconnects clients that don't read their responses. Node limits how long a request may take to arrive, but not how long
// a response may take to be received.

import type { Server } from 'node:http'
import type { RequestTracker } from './request-tracker.ts'

/** @param timeoutMs how long a client may take to receive a response after its handler has ended it */
export function disconnectSlowReaders(server: Server, { inFlight }: RequestTracker, timeoutMs: number) {
  const endedBy = new WeakMap<object, number>()
  const sweep = setInterval(() => {
    const now = performance.now()
    for (const res of inFlight) {
      if (!res.writableEnded) continue
      const ended = endedBy.get(res) ?? now
      endedBy.set(res, ended)
      if (now - ended >= timeoutMs) res.destroy()
    }
  }, timeoutMs / 4)
  server.on('close', () => clearInterval(sweep))
}
