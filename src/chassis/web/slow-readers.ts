// Node bounds how long a request may take to arrive, but not how long a client may take to fetch its answer. Here those
// are cut off that don't.

import type { Server } from 'node:http'
import type { RequestTracker } from './request-tracker.ts'

/** @param timeoutMs how long an answer may wait to be fetched after its handler has ended it */
export function cutOffSlowReaders(server: Server, { inFlight }: RequestTracker, timeoutMs: number) {
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
