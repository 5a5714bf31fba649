import { expect, test } from 'vitest'
import { checkCommand, checkProcesses, readProcfile } from '../../src/manifest/procfile.ts'

const files = ['src/main.ts', 'bin/start.sh']

test('a Procfile maps process types to commands', () => {
  expect(readProcfile('web: exec node src/main.ts web\n')).toEqual({ web: 'exec node src/main.ts web' })
})

test.each(['- web', 'web', 'web: 1', 'web: [', ''])('"%s" is not a Procfile', (text) => {
  expect(() => readProcfile(text)).toThrow('Procfile')
})

test.each([
  'exec node src/main.ts web',
  'node src/main.ts',
  'exec env A=$((B/2)) node --max-old-space-size=64 ./src/main.ts web',
  'cd . && exec node src/main.ts || exit 1',
  'exec bin/start.sh',
])('the command "%s" is accepted', (command) => {
  expect(() => checkCommand('web', command, files)).not.toThrow()
})

test.each([
  ['npm start', 'package manager'],
  ['exec npx node src/main.ts', 'package manager'],
  ['exec node src/main.ts | cat', 'a pipe'],
  ['cd . && node src/main.ts', 'exec'],
  ['node src/main.ts & wait', 'exec'],
  ['exec node src/other.ts', 'src/other.ts'],
])('the command "%s" is a finding', (command, named) => {
  expect(() => checkCommand('web', command, files)).toThrow(named)
})

test('a process of the manifest needs a command', () => {
  const web = 'exec node src/main.ts web'

  expect(() => checkProcesses({ web }, { name: 'shop', processes: [{ type: 'worker' }] })).toThrow('worker')
  const processes = [{ type: 'worker', command: 'exec node x.ts' }]
  expect(() => checkProcesses({ web }, { name: 'shop', processes })).not.toThrow()
})

test('web needs a command, in the Procfile or in the manifest', () => {
  const procfile = { worker: 'exec node src/main.ts worker' }

  expect(() => checkProcesses(procfile, { name: 'shop' })).toThrow('web')
  expect(() => checkProcesses(procfile, { name: 'shop', command: 'exec node src/main.ts' })).not.toThrow()
})
