import { expect, test } from 'vitest'
import { matchNode, readNvmrc } from '../../../scripts/rehearse/node-line.ts'

// What the buildpack's own function gave for each of these.
test.each(['24.x', '^24', '24', '~24', '>=24', '>=24.0.0 <25.0.0', '^24.11.0', '>=24, <25'])(
  '"%s" is Node 24',
  (range) => {
    expect(matchNode(range)).toEqual(['24.15.0', '24.18.0'])
  },
)

test('alternatives are joined by two bars', () => {
  expect(matchNode('22.x || 24.x').at(-1)).toBe('24.18.0')
})

test.each(['>=24 <25', '>=24.11 <25', 'current', ''])('"%s" cannot be read', (range) => {
  expect(() => matchNode(range)).toThrow('improper constraint')
})

test.each(['~24.11.1', '24.11.1', '^24.19.0', '26.x'])('"%s" is not shipped', (range) => {
  expect(() => matchNode(range)).toThrow('none of the versions')
})

test.each([
  ['lts/*', '22.x'],
  ['lts/jod\n', '22.x'],
  ['v24', '24'],
  ['node', '*'],
])('"%s" in .nvmrc is %s', (text, range) => {
  expect(readNvmrc(text)).toBe(range)
})

test('.nvmrc may not name a line that the buildpack does not know', () => {
  expect(() => readNvmrc('lts/krypton')).toThrow('does not know')
})
