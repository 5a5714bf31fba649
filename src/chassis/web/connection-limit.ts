// Limits the number of connections. Beyond the limit the connection that has been idle for longest makes room for the new
// one, so neither a client nor the platform's probe is shut out by connections that do nothing.

import type { Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * An idle connection that was used since the last look is spared once (the clock algorithm): recording each use instead
 * would cost something per request.
 *
 * @param inFlight the responses whose connections are not idle
 * @param onFull is called each time a connection is closed
 */
export function limitConnections(
  server: Server,
  max: number,
  { inFlight, onFull }: { inFlight: ReadonlySet<ServerResponse>; onFull: () => void },
) {
  const open = new Set<Socket>()
  const bytesSeen = new WeakMap<Socket, number>()

  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    if (open.size > max) makeRoom(socket)
  })

  function makeRoom(newest: Socket) {
    onFull()
    const busy = new Set([...inFlight].map(({ req }) => req.socket))
    // What is moved to the end is visited again, and closed then.
    for (const socket of open) {
      if (socket === newest || busy.has(socket)) continue
      if (!wasUsed(socket)) return close(socket)
      open.delete(socket)
      open.add(socket)
    }
    close(newest)
  }

  function wasUsed(socket: Socket): boolean {
    const before = bytesSeen.get(socket) ?? 0
    bytesSeen.set(socket, socket.bytesRead)
    return socket.bytesRead !== before
  }

  function close(socket: Socket) {
    open.delete(socket)
    socket.destroy()
  }
}
