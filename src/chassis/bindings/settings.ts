// The settings that say what is bound. They are read together with the documents of the platform, by readBindings.

import { optional, secret, text } from '../config.ts'

/** The variables that `readBindings` reads. All except the names of bindings may contain passwords. */
export const bindingSettings = {
  DATABASE_URL: optional(
    secret(text('the database: postgres://… or sqlite:<file>; on Cloud Foundry a bound database takes precedence')),
  ),
  REDIS_URL: optional(secret(text('the Redis for cache and limits: redis://… or rediss://…'))),
  MEMCACHED_URL: optional(secret(text('the Memcached for the cache: memcached://…'))),
  AMQP_URL: optional(secret(text('the RabbitMQ for tasks and events: amqp://… or amqps://…'))),
  UPSTREAM_URL: optional(secret(text('the upstream service: http://… or https://…'))),
  PGSSLMODE: optional(
    text('TLS of the PostgreSQL, unless its address says: disable, require, verify-ca, verify-full or no-verify'),
  ),
  PGSSLROOTCERT: optional(text('a file with the authorities that the PostgreSQL may be signed by')),
  PGSSLCERT: optional(text('a file with the certificate by which the service identifies itself to the PostgreSQL')),
  PGSSLKEY: optional(text('a file with the key of that certificate')),
  DATABASE_SERVICE: optional(text('the name of the database binding, if several are bound')),
  CACHE_SERVICE: optional(text('the name of the cache binding (Redis or Memcached), if several are bound')),
  BROKER_SERVICE: optional(text('the name of the RabbitMQ binding, if several are bound')),
  UPSTREAM_SERVICE: optional(
    text('the name of the upstream binding, if several are bound or its name is not upstream'),
  ),
  VCAP_SERVICES: optional(secret(text('the bindings as JSON; set by Cloud Foundry'))),
  VCAP_SERVICES_FILE_PATH: optional(text('a file with that JSON; set by Cloud Foundry with file-based-vcap-services')),
  SERVICE_BINDING_ROOT: optional(text('a folder that contains a folder for each binding (servicebinding.io)')),
}
