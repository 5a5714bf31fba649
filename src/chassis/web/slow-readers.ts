// Disconnects clients that don't read their responses. Node limits how long a request may take to arrive, but neither how
// long a response may take to be received, nor how much of all responses may wait in memory.

import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How much can pile up between two looks is limited by MAX_IN_FLIGHT. */
const LOOK_MS = 1000

export interface SlowReaderOptions {
  inFlight: ReadonlySet<ServerResponse>
  /** How long a client may take nothing of what waits for it. */
  timeoutMs: number
  /** How many bytes may wait for all clients. Beyond it those that take nothing are disconnected, the largest first. */
  maxBytes: number
}

export function disconnectSlowReaders(server: Server, { inFlight, timeoutMs, maxBytes }: SlowReaderOptions) {
  const progress = new WeakMap<ServerResponse, Progress>()
  const timer = setInterval(
    () => {
      const waiting = [...inFlight].filter((res) => sizeOf(res) > 0)
      const stalled = waiting.map((res) => ({ res, size: sizeOf(res), ms: stalledMs(res) })).filter(({ ms }) => ms > 0)
      let excess = waiting.reduce((sum, res) => sum + sizeOf(res), 0) - maxBytes
      for (const { res, size, ms } of stalled.sort((a, b) => b.size - a.size)) {
        if (excess <= 0 && ms < timeoutMs) continue
        excess -= size
        res.destroy()
      }
    },
    Math.min(timeoutMs / 4, LOOK_MS),
  )
  server.on('close', () => clearInterval(timer))

  function stalledMs(res: ServerResponse): number {
    const now = performance.now()
    const taken = takenBytes(res.socket!)
    const last = progress.get(res)
    if (last && last.taken === taken) return now - last.at
    progress.set(res, { taken, at: now })
    return 0
  }
}

interface Progress {
  /** What the kernel has taken, in bytes. */
  taken: number
  at: number
}

const takenBytes = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength

/** What waits for the client in this process, in bytes. */
const sizeOf = ({ socket }: ServerResponse): number => socket?.writableLength ?? 0
