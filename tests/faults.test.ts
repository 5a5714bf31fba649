// docs/faults.md names the test that shows each of its rows: `path/of/file: title`, with … for what is left out.

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const files = globSync('{tests,service_tests}/**/*.test.ts', { cwd: root }).map((file) => file.replaceAll('\\', '/'))

test.each(namedTests())('docs/faults.md: %s', (named) => {
  const [path = '', title = ''] = named.split(/: (.*)/s)
  const parts = title.split('…').map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(parts.join('.*'))
  const texts = files
    .filter((file) => `/${file}`.endsWith(`/${path}.test.ts`))
    .map((file) => readFileSync(join(root, file), 'utf8'))

  expect(title, 'A row names a test by its title.').not.toBe('')
  expect(
    texts.filter((text) => pattern.test(text)),
    'No test has this title.',
  ).toHaveLength(1)
})

function namedTests(): string[] {
  const rows = readFileSync(join(root, 'docs/faults.md'), 'utf8').matchAll(/^\|.*\| ([^|]+) \|(?: <!--.*-->)?\r?$/gm)
  return [...rows].flatMap(([, cell = '']) => cell.split('; ')).filter((cell) => cell !== 'Test' && cell !== '---')
}
