// The settings of the chassis. Features and backing services declare theirs beside their code.

import { type Config, flag, integer, memorySize, oneOf, optional, origins, text } from './config.ts'

export type ChassisConfig = Config<typeof chassisSettings>

export const chassisSettings = {
  PORT: integer('the port to listen on; 0 for any free port', 8080, { max: 65535 }),
  WEB_CONCURRENCY: integer('the number of copies of the web process, which share the port', 1, { min: 1, max: 64 }),
  METRICS_PORT: optional(integer('a separate port for /metrics, instead of PORT', undefined, { max: 65535 })),
  LOG_LEVEL: oneOf('the lowest level that is logged', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
  VERSION: optional(text('the version that is reported, instead of the one in package.json')),
  COMMIT: optional(text('the commit that this release was built from')),
  MEMORY_LIMIT: optional(
    memorySize('the memory of the instance, such as 512m; set by Cloud Foundry, otherwise detected where possible'),
  ),
  MEMORY_AVAILABLE: optional(
    integer('the same in MiB, as buildpacks set it; the command in the Procfile derives the heap from it', undefined, {
      min: 32,
    }),
  ),
  MAX_CONNECTIONS: optional(
    integer(
      'the largest number of connections; beyond it idle ones are closed. By default they get an eighth of the memory',
      undefined,
      { min: 10 },
    ),
  ),
  BODY_LIMIT: optional(
    integer(
      'the largest request body of every operation, in bytes; by default its x-body-limit in openapi.yaml, or 102400',
      undefined,
      { min: 1 },
    ),
  ),
  HEADER_LIMIT: integer('the largest request line and headers together, in bytes', 16 * 1024, {
    min: 1024,
    max: 1024 * 1024,
  }),
  REQUEST_TIMEOUT_SECONDS: integer('how long a client may take to send a request, or to receive a response', 30, {
    min: 1,
    max: 3600,
  }),
  MAX_IN_FLIGHT: integer('the largest number of requests in flight; further ones get 503', 500, { min: 1 }),
  RATE_LIMIT_PER_MINUTE: integer('requests per minute that one client may make; 0 for no limit', 0),
  TRUST_PROXY_HOPS: integer('the number of proxies in front whose X-Forwarded-For is trusted', 0, { max: 16 }),
  CORS_ORIGINS: origins('origins whose pages may call this service, separated by commas; * for any, empty for none'),
  COMPRESSION: flag('whether every response is compressed, not only the docs', false),
  DRAIN_SECONDS: integer(
    'how long requests are still accepted after SIGTERM, until routers have removed the instance',
    2,
    {
      max: 3600,
    },
  ),
  SHUTDOWN_SECONDS: integer('how long stopping may take, including draining; Cloud Foundry kills after 10', 8, {
    min: 1,
    max: 3600,
  }),
}
