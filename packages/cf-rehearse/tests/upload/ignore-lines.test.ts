import { expect, test } from 'vitest'
import { createIgnore } from '../../src/upload/ignore-lines.ts'

test.each([
  ['/*', 'src/main.ts', true],
  ['node_modules', 'packages/a/node_modules/b.js', true],
  ['node_modules/', 'node_modules/b.js', true],
  ['node_modules/', 'node_modules', false],
  ['manifest.yml', 'docs/manifest.yml', true],
  ['/docs', 'src/docs/a.md', false],
  ['*.log', 'logs/a.log', true],
  ['*.log', 'a.logs', false],
  ['docs/*.md', 'docs/a.md', true],
  ['docs/*.md', 'src/docs/a.md', false],
  ['/docs/*.md', 'docs/a.md', false],
  ['docs/**', 'docs/a/b.md', true],
  ['**/secret', 'a/b/secret', true],
  ['a/**/z', 'a/b/c/z', true],
  ['a?c', 'abc', false],
  ['a?c', 'a?c', true],
  ['# comment', '# comment', false],
  ['  ', 'anything', false],
  ['\\', 'anything', false],
  ['*.log\r', 'a.log', true],
])('the line "%s" and the path %s', (line, path, expected) => {
  expect(createIgnore([line])(path)).toBe(expected)
})

test('the last matching line decides', () => {
  const isIgnored = createIgnore(['/*', '!/src', 'src/*.test.ts'])

  expect(isIgnored('src/main.ts')).toBe(false)
  expect(isIgnored('src/main.test.ts')).toBe(true)
  expect(isIgnored('README.md')).toBe(true)
})

test('unlike in git, a file can be included although its folder is excluded', () => {
  const isIgnored = createIgnore(['/docs', '!/docs/license.txt'])

  expect(isIgnored('docs/license.txt')).toBe(false)
  expect(isIgnored('docs/other.txt')).toBe(true)
})
