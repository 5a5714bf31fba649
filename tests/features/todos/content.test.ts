import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromColumn, toColumn } from '../../../src/features/todos/content.ts'

// Mostly characters that are escaped or that escape, in any order.
const anyContent = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\0', '\\', '0', 'a', '😀') }),
)

test('any text comes back from its column unchanged', () => {
  fc.assert(fc.property(anyContent, (content) => fromColumn(toColumn(content)) === content))
})

test('no column holds U+0000, which PostgreSQL rejects', () => {
  fc.assert(fc.property(anyContent, (content) => !toColumn(content).includes('\0')))
})

test('a text that needs no escaping is stored as it is', () => {
  expect(toColumn('grüße, 世界 😀 "\'%_\n')).toBe('grüße, 世界 😀 "\'%_\n')
})
