import { expect, test } from 'vitest'
import { checkCommand, checkProcesses, readProcfile } from '../../../scripts/rehearse/procfile.ts'

const files = ['src/main.ts', 'bin/start.sh']

test('a Procfile is a map of types to commands', () => {
  expect(readProcfile('web: exec node src/main.ts web\n')).toEqual({ web: 'exec node src/main.ts web' })
})

test.each(['- web', 'web', 'web: 1', 'web: [', ''])('"%s" is no Procfile', (text) => {
  expect(() => readProcfile(text)).toThrow('Procfile')
})

test.each([
  'exec node src/main.ts web',
  'exec env A=$((B/2)) node --max-old-space-size=64 ./src/main.ts web',
  'cd . && exec node src/main.ts || exit 1',
  'exec bin/start.sh',
])('the command "%s" will do', (command) => {
  expect(() => checkCommand('web', command, files)).not.toThrow()
})

test.each([
  ['npm start', 'package manager'],
  ['exec npx node src/main.ts', 'package manager'],
  ['exec node src/main.ts | cat', 'a pipe'],
  ['node src/main.ts', 'exec'],
  ['exec node src/other.ts', 'src/other.ts'],
])('the command "%s" is refused', (command, named) => {
  expect(() => checkCommand('web', command, files)).toThrow(named)
})

test('a process of the manifest has a command', () => {
  const web = 'exec node src/main.ts web'

  expect(() => checkProcesses({ web }, [{ type: 'worker' }])).toThrow('worker')
  expect(() => checkProcesses({ web }, [{ type: 'worker', command: 'exec node x.ts' }])).not.toThrow()
})

test('somebody says how web starts', () => {
  expect(() => checkProcesses({ worker: 'exec node src/main.ts worker' }, [])).toThrow('web')
})
