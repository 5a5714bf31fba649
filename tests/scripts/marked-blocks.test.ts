import { expect, test } from 'vitest'
import { removeMarked } from '../../scripts/feature/marked-blocks.ts'

test('a marked block is removed with one of the blank lines around it', () => {
  const text = `Ask it:

<!-- feature: notes -->
curl /notes

curl /notes/1
<!-- /feature: notes -->

Then go on.
`

  expect(removeMarked(text, 'notes')).toBe('Ask it:\n\nThen go on.\n')
})

test('marked items and rows are removed', () => {
  const text = `- pages
- notes <!-- feature: notes -->

| a | b |
| - | - |
| 1 | 2 | <!-- feature: notes -->
| 3 | 4 |
`

  expect(removeMarked(text, 'notes')).toBe('- pages\n\n| a | b |\n| - | - |\n| 3 | 4 |\n')
})

test('what other features have marked stays', () => {
  const text =
    '- tasks <!-- feature: tasks -->\n<!-- feature: notes-archive -->\nold\n<!-- /feature: notes-archive -->\n'

  expect(removeMarked(text, 'notes')).toBe(text)
})

test.each([
  '<!-- feature: notes -->\ncurl /notes\n',
  'curl /notes\n<!-- /feature: notes -->\n',
  '<!-- feature: notes -->\ncurl /notes\n <!-- /feature: notes --> and more\n',
])('a block that does not begin and end is refused: %j', (text) => {
  expect(() => removeMarked(text, 'notes')).toThrow('have to be a pair')
})
