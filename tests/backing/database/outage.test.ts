import { expect, test } from 'vitest'
import { createOutages, failToConnect, isBrokenBy, unusable } from '../../../src/backing/database/outage.ts'
import { notFound, Problem } from '../../../src/chassis/problem.ts'
import type { Log } from '../../../src/ports/log.ts'

test.each([
  ['a refused connection', { code: 'ECONNREFUSED' }],
  ['a reset connection', { code: 'ECONNRESET' }],
  ['a connection exception', { code: '08006' }],
  ['a wrong password', { code: '28P01' }],
  ['a missing database', { code: '3D000' }],
  ['a missing schema', { code: '3F000' }],
  ['a missing privilege', { code: '42501' }],
  ['an idle transaction that the server ended', { code: '25P03' }],
  ['a transaction that took too long', { code: '25P04' }],
  ['damaged data', { code: 'XX001' }],
  ['a pooler without a connection', { code: '08P01', severity: 'FATAL', message: 'query_wait_timeout' }],
  ['an unknown error that ends the connection', { code: 'XX000', severity: 'FATAL' }],
  ['too many connections', { code: '53300' }],
  ['a full disk', { code: '53100' }],
  ['a lock that was not granted in time', { code: '55P03' }],
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
  ['an internal error', { code: 'XX000', severity: 'ERROR' }],
  ['a query that lacks parameters', { code: '08P01', severity: 'ERROR' }],
  ['SQLITE_ERROR', { code: 'ERR_SQLITE_ERROR', errcode: 1 }],
  ['SQLITE_CONSTRAINT_UNIQUE', { code: 'ERR_SQLITE_ERROR', errcode: 2067 }],
  ['SQLITE_RANGE', { code: 'ERR_SQLITE_ERROR', errcode: 25 }],
  ['a bug', { message: 'undefined is not a function' }],
])('%s is not an outage, and is thrown unchanged', async (_name, facts) => {
  const { outages, logged } = createTestOutages()
  const error = Object.assign(new Error('inside'), facts)

  await expect(outages.during(() => Promise.reject(error))).rejects.toBe(error)
  expect(logged).toEqual([])
})

test('any failure to connect is an outage, and a problem is thrown unchanged', async () => {
  const { outages } = createTestOutages()
  const connect = (error: Error) => outages.during(() => Promise.reject(error).catch(failToConnect))
  const problem = notFound('There is no note 7.')

  await expect(connect(new Error('unable to verify the first certificate'))).rejects.toMatchObject({
    status: 503,
    cause: { cause: { message: 'unable to verify the first certificate' } },
  })
  await expect(outages.during(() => Promise.reject(problem))).rejects.toBe(problem)
})

test('the log says in words what the code of PostgreSQL means, also while connecting', async () => {
  const { outages, fields, pass } = createTestOutages()
  const denied = Object.assign(new Error('Keine Berechtigung für Schema public'), { code: '42501' })
  const refused = Object.assign(new Error('Passwort-Authentifizierung fehlgeschlagen'), { code: '28P01' })

  await outages.during(() => Promise.reject(denied)).catch(() => {})
  outages.answered()
  pass(1000)
  await outages.during(() => Promise.reject(refused).catch(failToConnect)).catch(() => {})

  expect(fields).toMatchObject([
    { reason: expect.stringContaining('the role lacks a privilege'), error: denied },
    { database: 'mine' },
    { reason: 'the server refuses the role or its password', error: { cause: refused } },
  ])
})

test('the response says why a database that answers cannot be used, and the log has it once', async () => {
  const { outages, logged } = createTestOutages()
  const refuse = () => outages.during(() => Promise.reject(unusable('Its encoding is LATIN1.')).catch(failToConnect))

  await expect(refuse()).rejects.toMatchObject({ status: 503, message: 'Its encoding is LATIN1.' })
  await expect(refuse()).rejects.toMatchObject({ headers: { 'retry-after': '1' } })

  expect(logged).toEqual(['the database fails'])
})

test.each([
  [true, { code: '57P01' }],
  [true, { code: '25006' }],
  [true, { code: '25P03' }],
  [true, { code: '08P01', severity: 'FATAL' }],
  [true, { code: 'XX000', severity: 'FATAL' }],
  [true, { message: 'Query read timeout' }],
  [false, { code: '57014' }],
  [false, { code: '42501' }],
  [false, { code: '23505' }],
  [false, { code: '08P01', severity: 'ERROR' }],
])('it is %s that a connection cannot be used again after %j', (isBroken, facts) => {
  expect(isBrokenBy(Object.assign(new Error('inside'), facts))).toBe(isBroken)
})

test('an outage is logged once, and so is its end', async () => {
  const { outages, logged, fail, pass } = createTestOutages()

  outages.answered()
  await fail()
  await fail()
  outages.answered()
  outages.answered()
  pass(1000)
  await fail()

  expect(logged).toEqual(['the database fails', 'the database answers again', 'the database fails'])
})

test('where statements fail intermittently, at most one failure a second is logged', async () => {
  const { outages, logged, fail, pass } = createTestOutages()

  for (let each = 0; each < 25; each++) {
    await fail()
    outages.answered()
    pass(100)
  }

  expect(logged.filter((message) => message === 'the database fails')).toHaveLength(3)
  expect(logged).toHaveLength(6)
})

function createTestOutages() {
  const logged: string[] = []
  const fields: object[] = []
  let nowMs = 0
  const log = (facts: object, message: string) => {
    fields.push(facts)
    logged.push(message)
  }
  const outages = createOutages({ warn: log, info: log } as unknown as Log, 'mine', () => nowMs)
  const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
  return {
    outages,
    logged,
    fields,
    fail: () => outages.during(() => Promise.reject(refused)).catch(() => {}),
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}
