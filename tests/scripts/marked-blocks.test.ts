import { expect, test } from 'vitest'
import { removeMarked } from '../../scripts/feature/marked-blocks.ts'

test('a marked block is removed with one of the blank lines around it', () => {
  const text = `Ask it:

<!-- feature: todos -->
curl /todos

curl /todos/1
<!-- /feature: todos -->

Then go on.
`

  expect(removeMarked(text, 'todos')).toBe('Ask it:\n\nThen go on.\n')
})

test('marked items and rows are removed', () => {
  const text = `- hello
- todos <!-- feature: todos -->

| a | b |
| - | - |
| 1 | 2 | <!-- feature: todos -->
| 3 | 4 |
`

  expect(removeMarked(text, 'todos')).toBe('- hello\n\n| a | b |\n| - | - |\n| 3 | 4 |\n')
})

test('what other features have marked stays', () => {
  const text =
    '- tasks <!-- feature: tasks -->\n<!-- feature: todos-archive -->\nold\n<!-- /feature: todos-archive -->\n'

  expect(removeMarked(text, 'todos')).toBe(text)
})
