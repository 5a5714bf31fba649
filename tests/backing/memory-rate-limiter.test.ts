import { expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../../src/backing/memory-rate-limiter.ts'

test('each client has its own quota, which is restored in the next window', () => {
  let nowMs = 1000
  const limiter = createMemoryRateLimiter(2, { now: () => nowMs })

  expect(limiter.take('a')).toEqual({ remaining: 1, resetSeconds: 60 })
  expect(limiter.take('a')).toEqual({ remaining: 0, resetSeconds: 60 })
  expect(limiter.take('b')).toEqual({ remaining: 1, resetSeconds: 60 })
  nowMs += 45_500
  expect(limiter.take('a')).toEqual({ remaining: -1, resetSeconds: 15 })
  nowMs += 14_500
  expect(limiter.take('a')).toEqual({ remaining: 1, resetSeconds: 60 })
})

test('too many clients reset the counts of all, and the overflow is reported', () => {
  let overflows = 0
  const limiter = createMemoryRateLimiter(1, { now: () => 1000, overflowed: () => overflows++ })
  for (let client = 0; client < 100_000; client++) limiter.take(String(client))
  expect([limiter.take('0').remaining, overflows]).toEqual([0, 1])

  expect([limiter.take('0').remaining, overflows]).toEqual([-1, 1])
})
