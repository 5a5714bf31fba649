// Passwords of bindings are shown nowhere, also when all backing services fail.

import { openPostgres, postgresMissing } from 'private-servers/postgres'
import type { PrivateServer } from 'private-servers/private-server'
import { openRedis, redis } from 'private-servers/redis'
import { expect, test } from 'vitest'
import { runService } from '../service.ts'
import { create, migrate, startTodos } from './todos-service.ts'

const marker = 'm4rker-pa55word'
/** Bound and listed, but not used. */
const unused = {
  MEMCACHED_URL: `memcached://user:${marker}@127.0.0.1:1`,
  AMQP_URL: `amqp://user:${marker}@127.0.0.1:1`,
  LOG_LEVEL: 'trace',
}
const noServers = [postgresMissing(), redis.missing()].includes(true)
const paths = ['/todos', '/info', '/health/live', '/health/ready', '/metrics', '/openapi.json', '/nowhere']

test.skipIf(noServers)(
  'passwords are shown nowhere, whether their server works, refuses them or is killed',
  async () => {
    await using database = await openPostgres({ password: marker })
    await using cache = await openRedis({ password: marker })
    const env = { ...unused, VCAP_SERVICES: writeServices({ database, cache }), RATE_LIMIT_PER_MINUTE: '1000' }
    await migrate(env)
    await using service = await startTodos(env)
    const shown: string[] = []
    const show = async () => {
      const asked = [create(service), ...paths.map((path) => service.fetch(path))]
      const answers = await Promise.all(asked)
      shown.push(...answers.map(({ headers, body }) => JSON.stringify([...headers]) + body))
      return answers[0]?.status
    }

    const working = await show()
    await database.query(`alter role service password 'another'`)
    await database.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', ['service'])
    const refused = await show()
    await Promise.all([database.kill(), cache.kill()])
    const dead = await show()
    const { code, stderr, log } = await runService({ args: 'migrate', env })

    expect([working, refused, dead, code]).toEqual([201, 503, 503, 1])
    expect(shown.join() + service.log.text() + log.text() + stderr).not.toContain(marker)
  },
)

function writeServices({ database, cache }: Record<'database' | 'cache', PrivateServer>): string {
  return JSON.stringify({
    postgresql: [{ name: 'db', label: 'postgresql', tags: [], credentials: database.credentials }],
    redis: [{ name: 'cache', label: 'redis', tags: [], credentials: cache.credentials }],
  })
}
