import { expect, test } from 'vitest'
import { requestContext } from '../../src/chassis/context.ts'
import { createLog } from '../../src/chassis/log.ts'
import { createMemorySink } from '../app.ts'

const release = { name: 'demo', version: '1.2.3', commit: 'abc', instance: '0' }

test('a line tells when, how important, and by what release', () => {
  const sink = createMemorySink()

  createLog('info', sink, release, 'web').info({ note: 7 }, 'done')

  const [line] = sink.lines()
  expect(line).toMatchObject({
    level: 'info',
    service: 'demo',
    version: '1.2.3',
    commit: 'abc',
    instance: '0',
    process: 'web',
    note: 7,
    message: 'done',
  })
  expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('what is less important than the level is not logged', () => {
  const sink = createMemorySink()

  createLog('warn', sink, release, 'web').info('not worth it')

  expect(sink.lines()).toEqual([])
})

test('what is logged during a request carries its ids, also after a wait', async () => {
  const sink = createMemorySink()
  const log = createLog('info', sink, release, 'web')

  await requestContext.run({ requestId: 'r1', traceId: 't1' }, async () => {
    await new Promise(setImmediate)
    log.info('within')
  })
  log.info('without')

  expect(sink.lines()[0]).toMatchObject({ requestId: 'r1', traceId: 't1' })
  expect(sink.lines()[1]).not.toHaveProperty('requestId')
})

test('an error is logged with the errors that caused it', () => {
  const sink = createMemorySink()

  createLog('info', sink, release, 'web').error({ error: new Error('outer', { cause: new Error('inner') }) }, 'failed')

  expect(sink.lines()[0]).toMatchObject({ error: { message: 'outer', cause: { message: 'inner' } } })
})
