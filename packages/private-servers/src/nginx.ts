// A private nginx in front of several instances, which behaves like the platform's router: it keeps connections open,
// streams bodies, and retries on another instance only idempotent requests without a response.

import { findFreePort } from './free-port.ts'
import { openGuardedFolder } from './guarded-folder.ts'
import { HOST, loopback, type PrivateServer, startServer } from './private-server.ts'
import { program } from './program.ts'
import { until } from './until.ts'

export interface ProxyOptions {
  /** Addresses such as http://127.0.0.1:8080, in round-robin order. Without any, nginx responds with 502. */
  upstreams: readonly string[]
}

export interface Proxy extends PrivateServer {
  /** Settles when new requests go only to these instances. Requests to other instances are completed. */
  setUpstreams(upstreams: readonly string[]): Promise<void>
}

export const nginx = program(['nginx', '/usr/sbin/nginx'], 'nginx is needed: apt-get install nginx')

const RELOAD_MS = 60_000

export async function openProxy({ upstreams }: ProxyOptions): Promise<Proxy> {
  const path = nginx.path()
  const port = await findFreePort()
  await using opening = new AsyncDisposableStack()
  const folder = opening.use(openGuardedFolder('nginx'))
  const configure = (list: readonly string[]) => folder.write('nginx.conf', configuration(port, list))
  const server = await startServer({
    name: 'nginx',
    folder,
    port,
    command: [path, '-p', folder.path, '-e', 'stderr', '-c', configure(upstreams)],
    // It listens before a worker process can respond.
    ready: /start worker process \d/,
    // Completes the accepted requests.
    stopSignal: 'SIGQUIT',
  })
  opening.move()

  const url = `http://${HOST}:${port}`
  return { ...server, host: HOST, port, url, credentials: { uri: url }, setUpstreams }

  async function setUpstreams(list: readonly string[]) {
    const logLength = server.log().length
    const recentLog = () => server.log().slice(logLength)
    configure(list)
    server.signal('SIGHUP')
    await until(() => hasReloaded(recentLog()), {
      deadlineMs: RELOAD_MS,
      otherwise: () => `nginx has not applied its configuration. Its log:\n${recentLog()}`,
    })
  }
}

/** The single old worker logs this before it stops accepting; its successor has started by then. */
function hasReloaded(log: string): boolean {
  if (log.includes('[emerg]')) throw new Error(`nginx rejects its configuration. Its log:\n${log}`)
  return log.includes('gracefully shutting down')
}

function configuration(port: number, upstreams: readonly string[]): string {
  const instances = upstreams.map((upstream) => `server ${new URL(upstream).host} max_fails=0;`)
  const addresses = loopback().map((address) => `listen ${address.includes(':') ? `[${address}]` : address}:${port};`)
  return `daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr notice;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 0;
  upstream instances {
    ${instances.join('\n    ') || `server ${HOST}:1 down;`}
    keepalive 32;
  }
  server {
    ${addresses.join('\n    ')}
    location / {
      proxy_pass http://instances;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_next_upstream error timeout;
      proxy_connect_timeout 2s;
      proxy_buffering off;
      proxy_request_buffering off;
    }
  }
}
`
}
