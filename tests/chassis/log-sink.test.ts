import { closeSync, mkdtempDisposableSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogSink } from '../../src/chassis/log-sink.ts'

test('lines are written to a file in order', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'log-'))
  const file = join(folder.path, 'out.log')
  const fd = openSync(file, 'w')
  const sink = openLogSink(fd)

  sink.write('{"n":1}\n')
  sink.write('{"n":2}\n')
  await sink.flush()
  closeSync(fd)

  expect(readFileSync(file, 'utf8')).toBe('{"n":1}\n{"n":2}\n')
})

test.skipIf(process.platform !== 'linux')('a full disk costs the lines, which are counted', async () => {
  const fd = openSync('/dev/full', 'w')
  const sink = openLogSink(fd)

  sink.write('{"n":1}\n')
  sink.write('{"n":2}\n')
  await sink.flush()
  closeSync(fd)

  expect(sink.dropped()).toBe(2)
})
