// How the results of a run are counted, from stand-ins for the modules that Vitest reports.

import { notApplicable } from 'private-servers/requirements'
import { expect, test } from 'vitest'
import type { TestModule } from 'vitest/node'
import { countTests, describeTally } from '../../../scripts/test/tally.ts'

interface Result {
  state: 'passed' | 'failed' | 'skipped'
  note?: string
}

test('tests are counted by their results, and the summary is the last line', () => {
  const tally = countTests([moduleOf([{ state: 'passed' }, { state: 'passed' }, { state: 'failed' }])], [])

  expect(describeTally(tally)).toBe('2 passed, 1 failed')
})

test('a test whose program is missing is skipped, and one that does not apply is listed with its reason', () => {
  const note = notApplicable('no store is behind the memory')
  const results: Result[] = [{ state: 'passed' }, { state: 'skipped' }, { state: 'skipped', note }]

  const tally = countTests([moduleOf(results), moduleOf([{ state: 'skipped', note }])], [])

  expect(tally.skipped).toBe(1)
  expect(describeTally(tally).split('\n')).toEqual([
    'Not applicable, and not counted:',
    '  2 × no store is behind the memory',
    '1 passed, 0 failed, 1 skipped',
  ])
})

test('a test that is skipped with any other note is a gap', () => {
  expect(countTests([moduleOf([{ state: 'skipped', note: 'later' }])], []).skipped).toBe(1)
})

test('a file that cannot be loaded and an error outside of any test count as failed', () => {
  const tally = countTests([moduleOf([], [new Error('no such module')])], [new Error('outside')])

  expect(tally.failed).toBe(2)
})

/** As much of a module as the tally reads. */
function moduleOf(results: Result[], errors: Error[] = []): TestModule {
  const tests = results.map((result) => ({ result: () => result }))
  const children = { allTests: () => tests, allSuites: () => [] }
  return { children, errors: () => errors } as unknown as TestModule
}
