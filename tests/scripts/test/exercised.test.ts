// What `npm test` says about the contract, judged from records such as the tests leave behind.

import { mkdirSync, mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { documentedPairs, judgeExercised } from '../../../scripts/test/exercised.ts'
import { recordExercised } from '../../contract/record.ts'

const paths = {
  '/notes': { parameters: {}, get: { responses: { '200': {}, '400': {} } }, post: { responses: { '201': {} } } },
}

test('each status of each operation is a pair', () => {
  expect(documentedPairs({ paths })).toEqual(['GET /notes 200', 'GET /notes 400', 'POST /notes 201'])
})

test('shared answers of the same status are one pair', () => {
  const responses = { Draining: { 'x-status': 503 }, Full: { 'x-status': 503 }, Unknown: { 'x-status': 404 }, Page: {} }

  expect(documentedPairs({ paths: {}, components: { responses } })).toEqual(['* 503', '* 404'])
})

test('a shared response that an operation refers to is no pair of that operation', () => {
  const responses = { Full: { 'x-status': 503 }, Page: {}, Problem: { 'x-status': 'default' as const } }
  const get = {
    responses: { '200': { $ref: '#/components/responses/Page' }, '503': { $ref: '#/components/responses/Full' } },
  }

  expect(documentedPairs({ paths: { '/notes': { get } }, components: { responses } })).toEqual([
    'GET /notes 200',
    '* 503',
  ])
})

test('a contract is exercised when each of its pairs was seen by some process', () => {
  using run = createRun({ paths }, ['GET /notes 200\nGET /notes 400\n', 'POST /notes 201\nGET /notes 200\n'])

  const verdict = judgeExercised(run.contract, run.records)

  expect(verdict).toEqual({ passed: true, text: 'Exercised 3 of 3 pairs of operation and status.' })
})

test('pairs that no test has recorded are named', () => {
  using run = createRun({ paths })
  recordExercised('GET /notes', 200, run.records)
  recordExercised('GET /somewhere/else', 200, run.records)

  const { passed, text } = judgeExercised(run.contract, run.records)

  expect(passed).toBe(false)
  expect(text).toBe('Exercised 1 of 3 pairs of operation and status, but not:\n  GET /notes 400\n  POST /notes 201')
})

function createRun(contract: object, records: string[] = []) {
  const dir = mkdtempDisposableSync(join(tmpdir(), 'run-'))
  const run = { contract: join(dir.path, 'openapi.yaml'), records: join(dir.path, 'records') }

  mkdirSync(run.records)
  writeFileSync(run.contract, JSON.stringify(contract))
  for (const [index, lines] of records.entries()) writeFileSync(join(run.records, `${index}.txt`), lines)
  return { ...run, [Symbol.dispose]: () => dir.remove() }
}
