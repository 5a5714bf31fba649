import { expect, test } from 'vitest'
import { createOutageLog } from '../../src/backing/outage-log.ts'
import { createLog } from '../../src/chassis/log.ts'
import { createMemorySink } from '../app.ts'

test('an outage is logged once, and so is its end', () => {
  const { outages, logged } = openOutages()

  for (let turn = 0; turn < 3; turn++) outages.failed(new Error('no route'))
  for (let turn = 0; turn < 3; turn++) outages.answered()

  expect(logged()).toEqual([
    { level: 'warn', message: 'Redis fails', resource: 'Redis', reason: 'no route' },
    { level: 'info', message: 'Redis answers again', resource: 'Redis' },
  ])
})

test('where calls fail and succeed in turn, an outage is logged at most every ten seconds', () => {
  const { outages, logged, pass } = openOutages()

  for (let turn = 0; turn < 100; turn++) {
    outages.failed(new Error('full'))
    outages.answered()
    pass(200)
  }

  expect(logged()).toHaveLength(4)
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
  let nowMs = 0
  const sink = createMemorySink()
  const log = createLog({ level: 'info', sink, release, process: 'test' })
  const outages = createOutageLog(log, 'Redis', { now: () => nowMs })
  const logged = () =>
    sink.lines().map(({ level, message, resource, reason }) => ({
      level,
      message,
      resource,
      ...(reason !== undefined && { reason }),
    }))
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { outages, logged, pass }
}
