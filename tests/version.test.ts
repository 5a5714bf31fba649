// One version, wherever it stands; `npm version` moves all places at once.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { createTestApp } from './app.ts'

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', file), 'utf8')
const { version } = JSON.parse(read('package.json'))

test('package, lock file, deployment, contract and changelog have the same version', () => {
  const lock = JSON.parse(read('package-lock.json'))
  const manifest = load(read('manifest.yml')) as { applications: { env: Record<string, unknown> }[] }
  const contract = load(read('openapi.yaml')) as { info: { version: string } }

  expect({
    lock: [lock.version, lock.packages[''].version],
    manifest: manifest.applications.map(({ env }) => env.VERSION),
    contract: contract.info.version,
    changelog: read('CHANGELOG.md').match(/^## \[(\d[^\]]*)\]/m)?.[1],
  }).toEqual({ lock: [version, version], manifest: [version], contract: version, changelog: version })
})

test('a deployed service reports its version and commit in /info, by a metric and in every log line', async () => {
  const release = { version: '9.8.7', commit: '0123abc' }
  const { http, lines } = await createTestApp({ env: { VERSION: '9.8.7', COMMIT: '0123abc' } })

  const info = await http.get('/info')
  const metrics = await http.get('/metrics')
  await http.get('/nowhere')

  expect(info.body).toMatchObject(release)
  expect(metrics.text).toMatch(/^app_info\{name="[^"]+",version="9\.8\.7",commit="0123abc"\} 1$/m)
  await expect.poll(() => lines().length).toBeGreaterThan(0)
  for (const line of lines()) expect(line).toMatchObject(release)
})
