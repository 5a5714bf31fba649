import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createIdMaker, timeOf } from '../../src/resources/id.ts'

const UUID_7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
const anyTimeMs = fc.integer({ min: 0, max: Date.UTC(2500, 0) })

test('an id is a UUID of version 7 that holds the time when it was made', () => {
  fc.assert(
    fc.property(anyTimeMs, (timeMs) => {
      const id = createIdMaker(() => timeMs)()
      expect(id).toMatch(UUID_7)
      expect(timeOf(id)).toBe(new Date(timeMs).toISOString())
    }),
  )
})

test('each id is greater than the one before, wherever the clock goes', () => {
  fc.assert(
    fc.property(fc.array(anyTimeMs, { minLength: 2, maxLength: 200 }), (timesMs) => {
      const ids = makeIds(timesMs)
      expect(ids).toEqual([...new Set(ids)].sort())
    }),
  )
})

test('more ids than a millisecond has room for are still in order, and no more than a few milliseconds ahead', () => {
  const timeMs = Date.UTC(2026, 0)

  const ids = makeIds(Array(20_000).fill(timeMs))

  expect(ids).toEqual([...new Set(ids)].sort())
  expect(ids.every((id) => UUID_7.test(id))).toBe(true)
  expect(Date.parse(timeOf(ids.at(-1)!)) - timeMs).toBeLessThanOrEqual(10)
})

test('two processes do not make the same ids in the same millisecond', () => {
  const timesMs = Array(1000).fill(Date.UTC(2026, 0))

  const ids = [...makeIds(timesMs), ...makeIds(timesMs)]

  expect(new Set(ids).size).toBe(2000)
})

function makeIds(timesMs: number[]): string[] {
  const times = timesMs.values()
  const makeId = createIdMaker(() => times.next().value!)
  return timesMs.map(() => makeId())
}
