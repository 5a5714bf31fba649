import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../src/run-command.ts'

test('the output and the exit code of a program are returned', async () => {
  const result = await runCommand(process.execPath, ['-e', 'console.log(1); process.exit(3)'], { cwd: '.', env: {} })

  expect(result).toEqual({ ok: false, late: false, output: '1\n' })
})

test('a program that does not exist is an error at once', () => {
  const file = join(import.meta.dirname, '../src/run-command.ts')
  const lines = `import { runCommand } from ${JSON.stringify(file)}
  await runCommand('/no/program', [], { cwd: '.', env: {} }).catch(({ code }) => console.log(code))`

  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', lines], {
    encoding: 'utf8',
    timeout: 60_000,
  })

  expect({ stdout, signal }).toEqual({ stdout: 'ENOENT\n', signal: null })
})
