import { expect, test } from 'vitest'
import { matchNode, readNvmrc } from '../../src/staging/node-range.ts'

// The results of the buildpack's own function.
test.each(['24.x', '^24', '24', '~24', '>=24', '>=24.0.0 <25.0.0', '^24.11.0', '>=24, <25'])(
  '"%s" matches Node 24',
  (range) => {
    expect(matchNode(range)).toEqual(['24.15.0', '24.18.0'])
  },
)

test('alternatives are joined by two bars', () => {
  expect(matchNode('22.x || 24.x').at(-1)).toBe('24.18.0')
})

test.each(['>24', '<24'])('the buildpack chooses 24.18.0 for "%s"', (range) => {
  expect(matchNode(range).at(-1)).toBe('24.18.0')
})

test.each(['>=24 <25', '>=24.11 <25', 'current', ''])('"%s" cannot be parsed', (range) => {
  expect(() => matchNode(range)).toThrow('improper constraint')
})

test.each(['~24.11.1', '24.11.1', '^24.19.0', '26.x'])('"%s" matches no version', (range) => {
  expect(() => matchNode(range)).toThrow('matches no version')
})

test.each([
  ['lts/*', '22.x'],
  ['lts/jod\n', '22.x'],
  ['v24', '24'],
  ['node', '*'],
])('"%s" in .nvmrc means %s', (text, range) => {
  expect(readNvmrc(text)).toBe(range)
})

test('a line in .nvmrc that the buildpack does not know is a finding', () => {
  expect(() => readNvmrc('lts/krypton')).toThrow('does not know')
})
