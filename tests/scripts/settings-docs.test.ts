import { expect, test } from 'vitest'
import { envExample, pageWithSettings } from '../../scripts/generate/settings.ts'
import { flag, integer, optional, text } from '../../src/chassis/config.ts'

const groups = [
  { title: 'The service', settings: { PORT: integer('the port', 8080), NAME: text('its name') } },
  { title: 'pages', settings: {} },
  {
    title: 'notes',
    settings: { NOTES_FILE: optional(text('sqlite:<file> | none')), NOTES_LOUD: flag('aloud', false) },
  },
]

test('the page has a table for each group with settings', () => {
  const page = pageWithSettings('# A\n<!-- settings -->\nold\n<!-- /settings -->\n# B\n', groups)

  expect(page).toBe(`# A
<!-- settings -->

| The service | Default  | What it is |
| ----------- | -------- | ---------- |
| \`PORT\`      | \`8080\`   | the port |
| \`NAME\`      | required | its name |

| notes        | Default | What it is |
| ------------ | ------- | ---------- |
| \`NOTES_FILE\` |         | sqlite:\\<file> \\| none |
| \`NOTES_LOUD\` | \`false\` | aloud |

<!-- /settings -->
# B
`)
})

test('settings that are written again are the same', () => {
  const once = pageWithSettings('<!-- settings -->\n<!-- /settings -->\n', groups)

  expect(pageWithSettings(once, groups)).toBe(once)
})

test.each(['# A\n', '<!-- settings -->\n', '<!-- /settings -->\n<!-- settings -->\n'])(
  'a page like %j has no place for settings',
  (page) => {
    expect(() => pageWithSettings(page, groups)).toThrow('docs/settings.md needs a line "<!-- settings -->"')
  },
)

test('the example of an environment has every setting commented out', () => {
  const example = envExample(groups)

  expect(example.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([])
  expect(example).toContain('\n# --- notes ---\n\n# sqlite:<file> | none\n#NOTES_FILE=\n\n# aloud\n#NOTES_LOUD=false\n')
})
