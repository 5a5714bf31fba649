// A private RabbitMQ with the virtual host "/". It takes some seconds to start, so tests should share one.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authority } from './authority.ts'
import { findFreePort } from './free-port.ts'
import { type GuardedFolder, openGuardedFolder } from './guarded-folder.ts'
import { HOST, loopback, type PrivateServer, startServer } from './private-server.ts'
import { program } from './program.ts'

export interface RabbitOptions {
  /** Of the user "service", which has all permissions. */
  password?: string
  /** Issues the certificate. The server then accepts only TLS. */
  tls?: Authority
}

/** Debian's command in PATH requires the user root or "rabbitmq"; the program that it starts does not. */
export const rabbitmq = program(
  ['/usr/lib/rabbitmq/bin/rabbitmq-server', 'rabbitmq-server'],
  'RabbitMQ is needed: apt-get install rabbitmq-server',
)

const USER = 'service'
const START_MS = 120_000

// Starts epmd, the directory of Erlang nodes, so that it ends with the server. Otherwise RabbitMQ starts one that
// stays.
const WITH_DIRECTORY = `
  epmd & directory=$!
  "$0" & server=$!
  trap 'kill -TERM $server' TERM
  while kill -0 $server 2>&-; do wait $server; done
  kill $directory
`

export async function openRabbitmq(options: RabbitOptions = {}): Promise<PrivateServer> {
  const { password = 'secret', tls } = options
  const path = rabbitmq.path()
  const port = await findFreePort()
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('rabbitmq'))
  const config = folder.write('rabbitmq.conf', await configuration({ password, ...options }, port, folder))
  const server = await startServer({
    name: 'RabbitMQ',
    folder,
    port,
    command: ['sh', '-c', WITH_DIRECTORY, path],
    env: await environment(folder, config),
    ready: /Server startup complete/,
    stopSignal: 'SIGTERM',
    startMs: START_MS,
  })
  opening.move()

  const url = `${tls ? 'amqps' : 'amqp'}://${USER}:${encodeURIComponent(password)}@${HOST}:${port}`
  const login = { username: USER, password, vhost: '/' }
  return {
    ...server,
    host: HOST,
    port,
    url,
    credentials: { uri: url, host: HOST, port, ...login, ...(tls && { ca: tls.ca }) },
  }
}

async function environment({ path, write }: GuardedFolder, config: string) {
  return {
    RABBITMQ_NODENAME: 'private@localhost',
    RABBITMQ_DIST_PORT: String(await findFreePort()),
    ERL_EPMD_PORT: String(await findFreePort()),
    ERL_EPMD_ADDRESS: HOST,
    RABBITMQ_CONFIG_FILE: config,
    // Otherwise RabbitMQ would read the file of this machine.
    RABBITMQ_CONF_ENV_FILE: write('rabbitmq-env.conf', ''),
    RABBITMQ_ENABLED_PLUGINS_FILE: write('enabled_plugins', '[].'),
    RABBITMQ_MNESIA_BASE: join(path, 'mnesia'),
    RABBITMQ_LOG_BASE: join(path, 'log'),
    RABBITMQ_PID_FILE: join(path, 'rabbitmq.pid'),
    // Idle schedulers do not busy-wait, so that tests can use the processor.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
  }
}

async function configuration({ password, tls }: RabbitOptions, port: number, folder: GuardedFolder): Promise<string> {
  const protocol = tls ? 'ssl' : 'tcp'
  const listeners = loopback().map((address, index) => `listeners.${protocol}.${index + 1} = ${address}:${port}`)
  return [
    ...listeners,
    ...(tls ? await tlsLines(tls, folder) : []),
    `default_user = ${USER}`,
    `default_pass = ${password}`,
    'log.console = true',
    'log.file = false',
    'disk_free_limit.absolute = 1MB',
    '',
  ].join('\n')
}

async function tlsLines(authority: Authority, folder: GuardedFolder): Promise<string[]> {
  const { certFile, keyFile } = await authority.issue()
  return [
    'listeners.tcp = none',
    `ssl_options.cacertfile = ${folder.write('ca.crt', authority.ca)}`,
    `ssl_options.certfile = ${folder.write('server.crt', readFileSync(certFile, 'utf8'))}`,
    `ssl_options.keyfile = ${folder.write('server.key', readFileSync(keyFile, 'utf8'))}`,
    'ssl_options.verify = verify_none',
  ]
}
