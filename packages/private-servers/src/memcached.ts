// A private Memcached, without passwords and TLS. A restart clears its content.

import { findFreePort } from './free-port.ts'
import { openGuardedFolder } from './guarded-folder.ts'
import { HOST, loopback, type PrivateServer, startServer } from './private-server.ts'
import { program } from './program.ts'

export const memcached = program(['memcached'], 'Memcached is needed: apt-get install memcached')

const MEMORY_MB = '16'

export async function openMemcached(): Promise<PrivateServer> {
  const path = memcached.path()
  const port = await findFreePort()
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('memcached'))
  const server = await startServer({
    name: 'Memcached',
    folder,
    port,
    command: [path, '-l', loopback().join(','), '-p', String(port), '-U', '0', '-m', MEMORY_MB],
    stopSignal: 'SIGTERM',
  })
  opening.move()

  const url = `memcached://${HOST}:${port}`
  return { ...server, host: HOST, port, url, credentials: { uri: url, host: HOST, port } }
}
