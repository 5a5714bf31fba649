// An embedded resource belongs to one instance; from the second instance on, the log and /info warn about it.

import { expect, test } from 'vitest'
import { startFixture } from '../service.ts'

const WARNING = 'instance 1 has a rate limit of its own; bind one that all share'

test('the second instance warns about a resource that it does not share', async () => {
  await using service = await startFixture({ env: { CF_INSTANCE_INDEX: '1', RATE_LIMIT_PER_MINUTE: '100' } })

  const { json } = await service.fetch('/info')

  const { resources } = json<{ resources: object[] }>()
  expect(resources).toContainEqual({ port: 'rate limit', adapter: 'memory', warning: WARNING })
  expect(service.log.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: WARNING }))
})

test('the only instance does not warn', async () => {
  await using service = await startFixture({ env: { CF_INSTANCE_INDEX: '0', RATE_LIMIT_PER_MINUTE: '100' } })

  const { json } = await service.fetch('/info')

  expect(json<{ resources: object[] }>().resources).toContainEqual({ port: 'rate limit', adapter: 'memory' })
  expect(service.log.lines.filter(({ level }) => level === 'warn')).toEqual([])
})
