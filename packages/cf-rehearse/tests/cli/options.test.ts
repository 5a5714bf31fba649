import { expect, test } from 'vitest'
import { readOptions } from '../../src/cli/options.ts'

test('options are parsed, including variables that contain an equals sign', () => {
  const options = readOptions([
    '--from',
    '/project',
    '--var',
    'route=a=b',
    '--vars-file',
    'x.yml',
    '--without',
    'idle,rolling',
  ])

  expect(options).toMatchObject({
    from: '/project',
    manifest: 'manifest.yml',
    vars: { route: 'a=b' },
    varsFiles: ['x.yml'],
    without: ['idle', 'rolling'],
  })
})

test.each([['--var', 'route'], ['--without', 'stop'], ['--until', 'manifesto'], ['--unknown']])(
  '%s %s is rejected',
  (...args) => {
    expect(() => readOptions(args)).toThrow()
  },
)
