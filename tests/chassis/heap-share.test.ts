import { expect, test } from 'vitest'
import { flagsOfCopies } from '../../src/chassis/heap-share.ts'

test.each([
  { copies: 2, flags: ['--max-old-space-size=128'], copy: ['--max-old-space-size=64'] },
  { copies: 3, flags: ['--max_old_space_size=100', '--trace-gc'], copy: ['--trace-gc', '--max-old-space-size=33'] },
  { copies: 2, flags: ['--max-old-space-size=1', '--max-old-space-size=128'], copy: ['--max-old-space-size=64'] },
  { copies: 2, flags: [], options: '--use-openssl-ca --max-old-space-size=128', copy: ['--max-old-space-size=64'] },
  {
    copies: 2,
    flags: ['--max-old-space-size=64'],
    options: '--max-old-space-size=128',
    copy: ['--max-old-space-size=32'],
  },
  { copies: 64, flags: ['--max-semi-space-size=2'], copy: ['--max-semi-space-size=2'] },
  { copies: 64, flags: ['--max-old-space-size=0'], copy: ['--max-old-space-size=0'] },
])('$copies copies of a process with $flags $options have $copy', ({ copies, flags, options, copy }) => {
  expect(flagsOfCopies(copies, flags, options)).toEqual(copy)
})

test('a share that is too small is refused, with the remedy', () => {
  expect(() => flagsOfCopies(3, ['--max-old-space-size=64'])).toThrow(
    expect.objectContaining({
      complaints: [expect.stringMatching(/^WEB_CONCURRENCY is 3, .* Set it lower, or grant/)],
    }),
  )
})
