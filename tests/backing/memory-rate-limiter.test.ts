import { expect, test } from 'vitest'
import { createMemoryRateLimiter } from '../../src/backing/memory-rate-limiter.ts'

test('each client has a quota of its own, which is whole again in the next window', () => {
  let nowMs = 1000
  const limiter = createMemoryRateLimiter(2, () => nowMs)

  expect(limiter.take('a')).toEqual({ remaining: 1, resetSeconds: 60 })
  expect(limiter.take('a')).toEqual({ remaining: 0, resetSeconds: 60 })
  expect(limiter.take('b')).toEqual({ remaining: 1, resetSeconds: 60 })
  nowMs += 45_500
  expect(limiter.take('a')).toEqual({ remaining: -1, resetSeconds: 15 })
  nowMs += 14_500
  expect(limiter.take('a')).toEqual({ remaining: 1, resetSeconds: 60 })
})
