import { expect, test } from 'vitest'
import { readArguments, renderHelp, UsageError } from '../../scripts/command-line.ts'

const commandLine = {
  command: 'npm run paint',
  usage: '-- <wall> [options]',
  summary: 'Paints a wall.',
  parameters: { wall: 'which one' },
  options: {
    colour: { type: 'string', value: '<name>', help: 'instead of white' },
    twice: { type: 'boolean', help: 'for a dark wall' },
  },
  examples: ['npm run paint -- north --colour red'],
} as const

test('the help shows usage, parameters, options and an example', () => {
  expect(renderHelp(commandLine)).toBe(`Usage: npm run paint -- <wall> [options]

Paints a wall.

  <wall>           which one
  --colour <name>  instead of white
  --twice          for a dark wall
  --help, -h       print this

Example:

  npm run paint -- north --colour red
`)
})

test('options and parameters are read', () => {
  expect(readArguments(commandLine, ['north', '--colour', 'red', '--twice'])).toEqual({
    values: { colour: 'red', twice: true },
    positionals: ['north'],
  })
})

test.each([
  [['--red'], "Unknown option '--red'."],
  [['--colour'], "Option '--colour <value>' argument missing."],
  [['--twice=no'], "Option '--twice' does not take an argument."],
  [['--colour', '-red'], "Option '--colour' argument is ambiguous."],
])('%j is refused by one sentence', (args, sentence) => {
  expect(() => readArguments(commandLine, args)).toThrow(new UsageError(sentence))
})

test('a script without parameters refuses one', () => {
  expect(() => readArguments({ ...commandLine, parameters: undefined as never }, ['north'])).toThrow(
    "Unexpected argument 'north'.",
  )
})
