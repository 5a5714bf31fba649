// The settings of the chassis. A feature declares its own beside its code; backing services have theirs in bindings.

import { type Config, flag, integer, list, oneOf, optional, text } from './config.ts'

export type ChassisConfig = Config<typeof chassisSettings>

export const chassisSettings = {
  PORT: integer('the port to listen on; 0 takes any free one', 8080, { max: 65535 }),
  WEB_CONCURRENCY: integer('copies of the web process that share the port', 1, { min: 1, max: 64 }),
  METRICS_PORT: optional(integer('a port of its own for /metrics, instead of PORT', undefined, { max: 65535 })),
  LOG_LEVEL: oneOf('the least important level to log', ['trace', 'debug', 'info', 'warn', 'error', 'fatal'], 'info'),
  VERSION: optional(text('the version to tell; otherwise the one in package.json')),
  COMMIT: optional(text('the commit that this release was made from')),
  BODY_LIMIT: integer('the largest request body, in bytes', 1024 * 1024, { min: 1 }),
  HEADER_LIMIT: integer('the largest request line and headers together, in bytes', 16 * 1024, {
    min: 1024,
    max: 1024 * 1024,
  }),
  REQUEST_TIMEOUT_SECONDS: integer('how long a client may take to send a request, or to fetch an answer', 30, {
    min: 1,
    max: 3600,
  }),
  MAX_IN_FLIGHT: integer('requests worked on at once; beyond it the answer is 503', 500, { min: 1 }),
  RATE_LIMIT_PER_MINUTE: integer('requests a minute that one client may make; 0 is no limit', 0),
  TRUST_PROXY_HOPS: integer('proxies in front whose X-Forwarded-For is believed', 0, { max: 16 }),
  CORS_ORIGINS: list('origins whose pages may call this service, separated by commas; * is any, none is off'),
  COMPRESSION: flag('whether every answer is compressed, not only the docs', false),
  DRAIN_SECONDS: integer('how long the listener stays open after SIGTERM, so that routers can look away', 2, {
    max: 3600,
  }),
  SHUTDOWN_SECONDS: integer('how long stopping may take, draining included; Cloud Foundry kills after 10', 8, {
    min: 1,
    max: 3600,
  }),
}
