import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

test.each([
  ['--app', 'gretings'],
  ['--until', 'manifesto'],
  ['--report', '/no/such/folder/report.json'],
  ['--vars-file', 'no-such-file.yml'],
  ['--from', '/no/such/folder'],
])('%s %s is refused with a sentence and exit code 2, before any step', (option, value) => {
  const args = ['--disable-warning=ExperimentalWarning', join(root, 'scripts/rehearse.ts'), option, value]

  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^${option} [^\\n]*"${value}"`))
})
