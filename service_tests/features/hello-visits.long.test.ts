// Visits of the greeting, counted over several instances that share a Redis.

import { openRedis, redis } from 'private-servers/redis'
import { until } from 'private-servers/until'
import { expect, test } from 'vitest'
import { watchLiveness } from '../attached/fixtures/liveness.ts'
import { shared } from '../attached/fixtures/shared.ts'
import { type Service, startService } from '../service.ts'

const withRedis = test.skipIf(redis.missing())
const sharedRedis = shared(() => openRedis())

withRedis('the landing page of each instance shows the visits of all', async () => {
  const env = { REDIS_URL: (await sharedRedis()).url, KEY_PREFIX: 'all' }
  await using first = await startService({ env })
  await using second = await startService({ env })
  const visits = createVisits()

  await visits.make(first, 3)
  await visits.make(second, 4)

  await visits.untilAllShown(first)
  await visits.untilAllShown(second)
})

withRedis('visits outlive the instance that has seen them', async () => {
  const env = { REDIS_URL: (await sharedRedis()).url, KEY_PREFIX: 'outlive' }
  const visits = createVisits()
  {
    await using service = await startService({ env })
    await visits.make(service, 5)
  }

  await using service = await startService({ env })

  await visits.untilAllShown(service)
})

withRedis('without Redis the page is still served, and no visit is lost', async () => {
  await using server = await openRedis({ appendonly: true })
  await using service = await startService({ env: { REDIS_URL: server.url } })
  const visits = createVisits()
  await visits.make(service, 2)
  await visits.untilAllShown(service)

  {
    await using _steady = watchLiveness(service)
    await server.kill()
    const shown = [await visits.look(service), await visits.look(service)]
    const ready = await service.fetch('/health/ready')
    await server.restart()

    expect(Math.min(...shown)).toBeGreaterThan(0)
    expect(ready.status).toBe(200)
  }
  await visits.untilAllShown(service)
})

/** The visits of a test. Reading the page is a visit as well, which the page includes. */
function createVisits() {
  let made = 0

  return {
    look,
    async make(service: Service, count: number) {
      made += count
      await Promise.all(Array.from({ length: count }, () => service.fetch('/')))
    },
    /** Each is counted once, although a count is sent to Redis again if its reply was lost. */
    async untilAllShown(service: Service) {
      let shown = 0
      const areShown = async () => {
        shown = await look(service)
        return shown >= made
      }
      await until(areShown, { otherwise: () => `Of ${made} visits ${shown} are shown.` })
      expect(shown).toBe(made)
    },
  }

  async function look(service: Service): Promise<number> {
    made += 1
    const { body } = await service.fetch('/', { headers: { accept: 'text/html' } })
    return Number(/(\d+) visits? so far/.exec(body)?.[1])
  }
}
