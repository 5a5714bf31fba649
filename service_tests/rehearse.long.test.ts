// Rehearses a push of the service, with its own manifest, contract and journeys.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '..')

test('a rehearsal of the service is green in all steps, and uploads none of its development tools', async () => {
  const { report, output } = await rehearse()

  expect(report.reason, output).toBeUndefined()
  expect(output).toContain('Green')
  expect(report.steps.map(({ name }) => name)).toEqual([
    'files',
    'manifest',
    'node',
    'staging',
    'droplet',
    'start',
    'journeys',
    'log',
    'idle',
    'rolling',
    'stop',
    'last lines',
  ])
  expect(report.steps[0]!.found).toMatch(/not uploaded: .*\bpackages \(/)
})

interface Report {
  reason?: string
  steps: { name: string; found: string }[]
}

async function rehearse(): Promise<{ report: Report; output: string }> {
  const scratch = mkdtempSync(join(tmpdir(), 'rehearse-test-'))
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }))
  const file = join(scratch, 'report.json')
  const child = spawn('npm', ['run', '--silent', 'rehearse', '--', '--report', file], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
  process.off('exit', kill)
  return { report: JSON.parse(readFileSync(file, 'utf8')), output }
}

/** Without the variables of Vitest and of coverage, which would affect the journeys. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) =>
    /^(PATH|HOME|TMPDIR|npm_|.*_proxy|NODE_EXTRA_CA)/i.test(name),
  )
  return { ...Object.fromEntries(kept), NODE_V8_COVERAGE: '' }
}
