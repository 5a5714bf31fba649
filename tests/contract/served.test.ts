import { expect, test } from 'vitest'
import { features } from '../../src/features/index.ts'
import { contract, createTestApp } from '../app.ts'

test('every operation of openapi.yaml is served', async () => {
  const { lines } = await createTestApp({ features })

  expect(lines().flatMap(({ unserved = [] }) => unserved)).toEqual([])
})

test('where every operation is served, the contract is published to the letter', async () => {
  const { http } = await createTestApp({ features })

  expect((await http.get('/openapi.yaml')).text).toBe(contract.source)
})
