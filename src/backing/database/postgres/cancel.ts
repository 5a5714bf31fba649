// Cancels the statement that a connection waits for. A server that bounds statements does this by itself; behind a
// pooler that does not pass the limit on, the statement would continue after its connection was abandoned.

import pg from 'pg'

/** For a server that is frozen or gone. */
const LIMIT_MS = 1000

/** What `pg` does not declare. */
interface Cancellable {
  processID: number
  secretKey: number
  host: string
  port: number
  ssl: pg.ConnectionConfig['ssl']
}

type Connection = pg.Connection & {
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

/** Never fails. Settles when the server has taken the request, or the limit has passed. */
export function cancelStatement(client: pg.Client): Promise<void> {
  const { processID, secretKey, host, port, ssl } = client as unknown as Cancellable
  const connection = new pg.Connection({ ssl }) as Connection
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const cancel = () => connection.cancel(processID, secretKey)
  const timer = setTimeout(() => connection.stream.destroy(), LIMIT_MS)

  connection.on('error', () => connection.stream.destroy())
  connection.on('connect', () => (ssl ? connection.requestSsl() : cancel()))
  connection.on('sslconnect', cancel)
  connection.on('end', () => {
    clearTimeout(timer)
    end()
  })
  // A socket of this machine, where the host is a folder.
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}` as unknown as number, host)
  else connection.connect(port, host)
  return ended
}
