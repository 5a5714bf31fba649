// Whatever fails, clients get a problem document without internal details; the log gets the error with its cause.

import { expect, test } from 'vitest'
import { innerDetail } from './fixtures/feature.ts'
import { startFixture } from './service.ts'

test.each([{}, { NODE_ENV: 'production' }, { NODE_ENV: 'development' }])(
  'with %o a bug is answered with a bare 500, and logged with its stack',
  async (env: Record<string, string>) => {
    await using service = await startFixture({ env })

    const { status, body, headers } = await service.fetch('/fixture/throw')
    const line = await service.log.find({ level: 'error' })

    expect(status).toBe(500)
    expect(body).not.toMatch(/inner detail|\bat |\.ts|node_modules/)
    expect(line).toMatchObject({ requestId: headers.get('x-request-id'), error: { message: innerDetail } })
    expect(JSON.stringify(line)).toContain('feature.ts')
  },
)

test('a bug in the middle of an answer closes the connection, because the status is already sent', async () => {
  await using service = await startFixture()
  using wire = await service.connect()

  wire.write('GET /fixture/break HTTP/1.1\r\nHost: service\r\n\r\n')
  await wire.closed()

  expect(await service.log.find({ level: 'error' })).toMatchObject({ error: { message: innerDetail } })
})

test.each(['exception', 'rejection'])(
  'an uncaught %s ends the service with exit code 1, and is logged',
  async (how) => {
    await using service = await startFixture({ exitCode: 1 })

    await service.fetch(`/fixture/crash?how=${how}`, { method: 'POST' })
    const line = await service.log.find({ level: 'fatal' })
    await service.ended

    expect(line).toMatchObject({ error: { message: innerDetail } })
  },
)
