import { expect, test } from 'vitest'
import { conflict, found } from '../../src/chassis/problem.ts'

test.each([undefined, null, false])('%s is not found', (value) => {
  expect(() => found(value, 'There is no order 7.')).toThrow(
    expect.objectContaining({ status: 404, message: 'There is no order 7.' }),
  )
})

test.each([0, '', true, {}])('%j is found', (value) => {
  expect(found(value, 'It is not there.')).toBe(value)
})

test('a conflict says what stands against the request', () => {
  expect(conflict('The order 7 has been shipped.').toJSON()).toEqual({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'The order 7 has been shipped.',
  })
})
