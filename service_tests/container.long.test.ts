// The container without Docker: the steps of the Dockerfile are executed in a folder, and its process runs as it would
// in the image.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freePort } from './containers/free-port.ts'
import { buildImage, type Image } from './containers/image.ts'
import { readLog } from './service-log.ts'

const root = join(import.meta.dirname, '..')

const folder = mkdtempSync(join(tmpdir(), 'container-'))
chmodSync(folder, 0o755)
afterAll(() => rmSync(folder, { recursive: true, force: true }))
// Shared, because it takes seconds to build, and a container changes only its data.
const image = buildImage(readFileSync(join(root, 'deploy/containers/Dockerfile'), 'utf8'), root, folder)

test('the image contains what the service needs at run time, and nothing of development', () => {
  const has = (path: string) => existsSync(join(image.workdir, path))

  expect(['src/main.ts', 'openapi.yaml', 'node_modules/express'].filter(has)).toHaveLength(3)
  expect(['node_modules/vitest', 'node_modules/node', 'tests', '.env', 'package-lock.json'].filter(has)).toEqual([])
})

test('a container does not run as root, passes its health check, and ends with exit code 0 on SIGTERM', async () => {
  const port = await freePort()
  const env = { ...image.env, PORT: String(port), DRAIN_SECONDS: '0' }
  await using container = start(image, env)
  await container.log.find({ message: 'listening' })

  const healthy = run(image, image.healthCheck, env)
  const ready = await fetch(`http://127.0.0.1:${port}/health/ready`)
  container.child.kill('SIGTERM')
  const [code] = await container.exited

  expect([healthy.status, ready.status, code]).toEqual([0, 200, 0])
  expect(statSync(join(image.root, 'tmp/compile-cache')).uid).toBe(image.user.uid)
  expect(run(image, image.healthCheck, env).status).toBe(1)
})

test.skipIf(process.getuid?.() !== 0)('the user of the container can write data and temporary files only', () => {
  const write = (path: string) => run(image, ['/bin/sh', '-c', `echo > ${join(image.root, path)}`], image.env).status

  expect([write('data/file'), write('tmp/file')]).toEqual([0, 0])
  expect([write('app/file'), write('app/src/main.ts'), write('app/node_modules/file')].every(Boolean)).toBe(true)
})

test('the same image runs the migrations', () => {
  const { status, stderr } = run(image, ['node', 'src/main.ts', 'migrate'], image.env)

  expect(stderr).toBe('')
  expect(status).toBe(0)
})

function start({ command: [program, ...args], workdir: cwd, user }: Image, env: Record<string, string>) {
  const child = spawn(program!, args, { cwd, env, ...user, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  return {
    child,
    exited,
    log: readLog(child.stdout!),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const run = ({ workdir: cwd, user }: Image, [program, ...args]: string[], env: Record<string, string>) =>
  spawnSync(program!, args, { cwd, env, ...user, encoding: 'utf8', timeout: 120_000 })
