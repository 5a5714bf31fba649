import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { features } from '../../src/features/index.ts'
import { contract, createTestApp } from '../app.ts'

test('every operation of openapi.yaml is served', async () => {
  const { lines } = await createTestApp({ features })

  expect(lines().flatMap(({ unserved = [] }) => unserved)).toEqual([])
})

test('where every operation is served, the contract is served with its comments', async () => {
  const { http } = await createTestApp({ features })

  const { text } = await http.get('/openapi.yaml')

  expect(load(text)).toEqual(contract.document)
  expect(commentsOf(text)).toEqual(commentsOf(contract.source))
})

const commentsOf = (yaml: string) => yaml.match(/^ *# .*$/gm)
