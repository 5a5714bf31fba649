import { expect, test } from 'vitest'
import { connecting, createOutages } from '../../../src/backing/database/outage.ts'
import { notFound, Problem } from '../../../src/chassis/problem.ts'
import type { Log } from '../../../src/ports/log.ts'

test.each([
  ['a refused connection', { code: 'ECONNREFUSED' }],
  ['a reset connection', { code: 'ECONNRESET' }],
  ['a connection exception', { code: '08006' }],
  ['a wrong password', { code: '28P01' }],
  ['a missing database', { code: '3D000' }],
  ['too many connections', { code: '53300' }],
  ['a full disk', { code: '53100' }],
  ['a lock that was not had in time', { code: '55P03' }],
  ['a statement that took too long', { code: '57014' }],
  ['a shutdown', { code: '57P01' }],
  ['a crash', { code: '57P02' }],
  ['a start', { code: '57P03' }],
  ['a standby', { code: '25006' }],
  ['a deadlock', { code: '40P01' }],
  ['no answer', { message: 'Query read timeout' }],
  ['a lost connection', { message: 'Connection terminated unexpectedly' }],
  ['a dead client', { message: 'Client has encountered a connection error and is not queryable' }],
  ['SQLITE_BUSY', { code: 'ERR_SQLITE_ERROR', errcode: 5 }],
  ['SQLITE_BUSY_SNAPSHOT', { code: 'ERR_SQLITE_ERROR', errcode: 517 }],
  ['SQLITE_LOCKED', { code: 'ERR_SQLITE_ERROR', errcode: 6 }],
  ['SQLITE_READONLY', { code: 'ERR_SQLITE_ERROR', errcode: 8 }],
  ['SQLITE_IOERR', { code: 'ERR_SQLITE_ERROR', errcode: 778 }],
  ['SQLITE_FULL', { code: 'ERR_SQLITE_ERROR', errcode: 13 }],
  ['SQLITE_CANTOPEN', { code: 'ERR_SQLITE_ERROR', errcode: 14 }],
  ['SQLITE_NOTADB', { code: 'ERR_SQLITE_ERROR', errcode: 26 }],
])('%s is an outage: 503, with the error as its cause', async (_name, facts) => {
  const { outages } = createTestOutages()
  const cause = Object.assign(new Error('inside'), facts)

  const failed = await outages.during(() => Promise.reject(cause)).catch((error) => error)

  expect(failed).toBeInstanceOf(Problem)
  expect(failed).toMatchObject({ status: 503, headers: { 'retry-after': '1' }, cause })
  expect(failed.message).not.toContain('inside')
})

test.each([
  ['a unique violation', { code: '23505' }],
  ['a syntax error', { code: '42601' }],
  ['a missing table', { code: '42P01' }],
  ['SQLITE_ERROR', { code: 'ERR_SQLITE_ERROR', errcode: 1 }],
  ['SQLITE_CONSTRAINT_UNIQUE', { code: 'ERR_SQLITE_ERROR', errcode: 2067 }],
  ['SQLITE_RANGE', { code: 'ERR_SQLITE_ERROR', errcode: 25 }],
  ['a bug', { message: 'undefined is not a function' }],
])('%s is no outage, and thrown as it is', async (_name, facts) => {
  const { outages, told } = createTestOutages()
  const error = Object.assign(new Error('inside'), facts)

  await expect(outages.during(() => Promise.reject(error))).rejects.toBe(error)
  expect(told).toEqual([])
})

test('whatever is thrown while connecting is an outage, but for what is a problem already', async () => {
  const { outages } = createTestOutages()
  const connect = (error: Error) => outages.during(() => connecting(() => Promise.reject(error)))
  const problem = notFound('There is no note 7.')

  await expect(connect(new Error('unable to verify the first certificate'))).rejects.toMatchObject({
    status: 503,
    cause: { cause: { message: 'unable to verify the first certificate' } },
  })
  await expect(outages.during(() => Promise.reject(problem))).rejects.toBe(problem)
})

test('an outage is told once, and so is its end', async () => {
  const { outages, told, fail, pass } = createTestOutages()

  outages.answered()
  await fail()
  await fail()
  outages.answered()
  outages.answered()
  pass(1000)
  await fail()

  expect(told).toEqual(['the database fails', 'the database answers again', 'the database fails'])
})

test('where statements fail by turns, one a second is told', async () => {
  const { outages, told, fail, pass } = createTestOutages()

  for (let each = 0; each < 25; each++) {
    await fail()
    outages.answered()
    pass(100)
  }

  expect(told.filter((message) => message === 'the database fails')).toHaveLength(3)
  expect(told).toHaveLength(6)
})

function createTestOutages() {
  const told: string[] = []
  let nowMs = 0
  const tell = (_fields: object, message: string) => void told.push(message)
  const outages = createOutages({ warn: tell, info: tell } as unknown as Log, 'mine', () => nowMs)
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  return {
    outages,
    told,
    fail: () => outages.during(() => Promise.reject(refused)).catch(() => {}),
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}
