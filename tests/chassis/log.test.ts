import { expect, test } from 'vitest'
import { requestContext } from '../../src/chassis/context.ts'
import { createLog } from '../../src/chassis/log.ts'
import { createMemorySink } from '../app.ts'

const release = { name: 'demo', version: '1.2.3', commit: 'abc', instance: '0' }

test('a line has its time, its level and the release', () => {
  const sink = createMemorySink()

  createLog({ level: 'info', sink, release, process: 'web' }).info({ note: 7 }, 'done')

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

test('lines below the level are not logged', () => {
  const sink = createMemorySink()

  createLog({ level: 'warn', sink, release, process: 'web' }).info('not worth it')

  expect(sink.lines()).toEqual([])
})

test('lines that are logged during a request have its ids, also after an await', async () => {
  const sink = createMemorySink()
  const log = createLog({ level: 'info', sink, release, process: 'web' })

  await requestContext.run({ requestId: 'r1', traceId: 't1' }, async () => {
    await new Promise(setImmediate)
    log.info('within')
  })
  log.info('without')

  expect(sink.lines()[0]).toMatchObject({ requestId: 'r1', traceId: 't1' })
  expect(sink.lines()[1]).not.toHaveProperty('requestId')
})

test('an error is logged with its causes', () => {
  const sink = createMemorySink()

  createLog({ level: 'info', sink, release, process: 'web' }).error(
    { error: new Error('outer', { cause: new Error('inner') }) },
    'failed',
  )

  expect(sink.lines()[0]).toMatchObject({ error: { message: 'outer', cause: { message: 'inner' } } })
})
