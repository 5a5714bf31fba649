import { expect, test } from 'vitest'
import { readOptions } from '../../../scripts/rehearse/options.ts'

test('options are read, and variables with an equals sign in them', () => {
  const options = readOptions(['--var', 'route=a=b', '--vars-file', 'x.yml', '--without', 'idle,rolling'], '/project')

  expect(options).toMatchObject({
    from: '/project',
    manifest: 'manifest.yml',
    vars: { route: 'a=b' },
    varsFiles: ['x.yml'],
    without: ['idle', 'rolling'],
  })
})

test.each([['--var', 'route'], ['--without', 'stop'], ['--until', 'manifesto'], ['--unknown']])(
  '%s %s is not understood',
  (...args) => {
    expect(() => readOptions(args, '/project')).toThrow()
  },
)
