import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createOutageLog } from '../../src/backing/outage-log.ts'
import { createLog } from '../../src/chassis/log.ts'
import { createMemorySink } from '../app.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('an outage is logged once, and so is its end, when nothing has failed for ten seconds', () => {
  const { outages, logged } = openOutages()

  for (let turn = 0; turn < 3; turn++) outages.failed(new Error('no route'))
  for (let turn = 0; turn < 3; turn++) outages.answered()
  const before = logged()
  vi.advanceTimersByTime(10_000)

  expect(before).toEqual([{ level: 'warn', message: 'Redis fails', resource: 'Redis', reason: 'no route' }])
  expect(logged()).toEqual([...before, { level: 'info', message: 'Redis answers again', resource: 'Redis' }])
})

test('where calls fail and succeed in turn, that is one outage', () => {
  const { outages, logged } = openOutages()

  for (let turn = 0; turn < 100; turn++) {
    outages.failed(new Error('full'))
    outages.answered()
    vi.advanceTimersByTime(5000)
  }
  vi.advanceTimersByTime(10_000)

  expect(logged().map(({ message }) => message)).toEqual(['Redis fails', 'Redis answers again'])
})

test('only the reason of an error is logged, since the error may contain a password', () => {
  const { outages, logged } = openOutages()
  const error = new Error('WRONGPASS')

  outages.failed(Object.assign(error, { command: { name: 'auth', args: ['marker'] } }))

  expect(logged()[0]).toMatchObject({ reason: 'WRONGPASS' })
  expect(JSON.stringify(logged())).not.toContain('marker')
})

test.each([
  ['a text', 'a text'],
  [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [new TypeError(''), 'TypeError'],
])('a reason is logged whatever is thrown: %s', (error, reason) => {
  const { outages, logged } = openOutages()

  outages.failed(error)

  expect(logged()[0]).toMatchObject({ reason })
})

const release = { name: 'service', version: '1', commit: 'c', instance: '0' }

function openOutages() {
  const sink = createMemorySink()
  const log = createLog({ level: 'info', sink, release, process: 'test' })
  const outages = createOutageLog(log, 'Redis')
  const logged = () =>
    sink.lines().map(({ level, message, resource, reason }) => ({
      level,
      message,
      resource,
      ...(reason !== undefined && { reason }),
    }))
  return { outages, logged }
}
