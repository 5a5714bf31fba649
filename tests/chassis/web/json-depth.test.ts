import { expect, test } from 'vitest'
import { isNestedDeeperThan } from '../../../src/chassis/web/json-depth.ts'

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

test.each([
  ['as many levels', nested(10), false],
  ['one level more', nested(11), true],
  ['one level more, of objects', `${'{"a":'.repeat(11)}1${'}'.repeat(11)}`, true],
  ['brackets that are never closed', '['.repeat(50), true],
  ['many siblings', `[${'[],'.repeat(50)}[]]`, false],
  ['brackets in a string', JSON.stringify('['.repeat(50)), false],
  ['brackets after an escaped quote', JSON.stringify(`"${'['.repeat(50)}`), false],
  ['brackets after a string that ends with a backslash', `["\\\\",${nested(11)}]`, true],
])('%s', (_what, text, expected) => {
  expect(isNestedDeeperThan(Buffer.from(text), 10)).toBe(expected)
})
