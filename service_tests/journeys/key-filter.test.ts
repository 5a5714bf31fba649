import { expect, test } from 'vitest'
import { openTarget } from '../target.ts'

test('the members of an object are filtered by their keys', async () => {
  await using target = await openTarget()

  const { data } = await target.api.POST('/', { body: { abra: 123, kadabra: 4 } })

  expect(data).toEqual({ abra: 123 })
})

test('a body that is not JSON is refused with the position of the error', async () => {
  await using target = await openTarget()

  const body = '{"abra": 1,'
  const headers = { 'content-type': 'application/json' }
  const { response, error } = await target.api.POST('/', { body: {}, bodySerializer: () => body, headers })

  expect(response.status).toBe(400)
  expect(error).toMatchObject({ position: { offset: 11 } })
})
