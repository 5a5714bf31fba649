import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const program = join(import.meta.dirname, '../../bin/cf-rehearse.ts')
const app = join(import.meta.dirname, '../fixtures/express-app')

test.each([
  ['--app', 'expres-app'],
  ['--until', 'manifesto'],
  ['--report', '/no/such/folder/report.json'],
  ['--vars-file', 'no-such-file.yml'],
  ['--from', '/no/such/folder'],
])('%s %s ends with a message and exit code 2, before the first step', (option, value) => {
  const args = ['--disable-warning=ExperimentalWarning', program, option, value]

  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: app, encoding: 'utf8' })

  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^${option} [^\\n]*"${value}"`))
})
