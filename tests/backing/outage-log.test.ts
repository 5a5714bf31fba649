import { expect, test } from 'vitest'
import { createOutageLog } from '../../src/backing/outage-log.ts'
import { createLog } from '../../src/chassis/log.ts'
import { createMemorySink } from '../app.ts'

test('an outage is told once, and so is its end', () => {
  const { outages, told } = openOutages()

  for (let turn = 0; turn < 3; turn++) outages.failed(new Error('no route'))
  for (let turn = 0; turn < 3; turn++) outages.answered()

  expect(told()).toEqual([
    { level: 'warn', message: 'Redis fails', resource: 'Redis', reason: 'no route' },
    { level: 'info', message: 'Redis answers again', resource: 'Redis' },
  ])
})

test('where some calls fail and others do not, the log is told now and then', () => {
  const { outages, told, pass } = openOutages()

  for (let turn = 0; turn < 100; turn++) {
    outages.failed(new Error('full'))
    outages.answered()
    pass(200)
  }

  expect(told()).toHaveLength(4)
})

test('of an error only its reason is told, for it may hold a password', () => {
  const { outages, told } = openOutages()
  const error = new Error('WRONGPASS')

  outages.failed(Object.assign(error, { command: { name: 'auth', args: ['marker'] } }))

  expect(told()[0]).toMatchObject({ reason: 'WRONGPASS' })
  expect(JSON.stringify(told())).not.toContain('marker')
})

test.each([
  ['a text', 'a text'],
  [Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [new TypeError(''), 'TypeError'],
])('whatever is thrown has a reason: %s', (error, reason) => {
  const { outages, told } = openOutages()

  outages.failed(error)

  expect(told()[0]).toMatchObject({ reason })
})

const release = { name: 'service', version: '1', commit: 'c', instance: '0' }

function openOutages() {
  let nowMs = 0
  const sink = createMemorySink()
  const log = createLog({ level: 'info', sink, release, process: 'test' })
  const outages = createOutageLog(log, 'Redis', { now: () => nowMs })
  const told = () =>
    sink.lines().map(({ level, message, resource, reason }) => ({
      level,
      message,
      resource,
      ...(reason !== undefined && { reason }),
    }))
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { outages, told, pass }
}
