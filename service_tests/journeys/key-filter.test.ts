import { expect, test } from 'vitest'
import { openTarget } from '../target.ts'

test('a client has the members of an object filtered', async () => {
  await using target = await openTarget()

  const { data } = await target.api.POST('/', { body: { abra: 123, kadabra: 4 } })

  expect(data).toEqual({ abra: 123 })
})

test('a client that sends something else is told where it is wrong', async () => {
  await using target = await openTarget()

  const body = '{"abra": 1,'
  const headers = { 'content-type': 'application/json' }
  const { response, error } = await target.api.POST('/', { body: {}, bodySerializer: () => body, headers })

  expect(response.status).toBe(400)
  expect(error).toMatchObject({ position: { offset: 11 } })
})
