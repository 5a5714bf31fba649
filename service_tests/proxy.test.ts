// nginx with the configuration of compose.yaml, in front of a service.

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram, isMissing } from 'private-servers/requirements'
import { expect, test } from 'vitest'
import { freePort } from './containers/free-port.ts'
import { startFixture } from './service.ts'

const nginx = findProgram('nginx', '/usr/sbin/nginx')
const noNginx = isMissing(nginx, 'Install nginx (the Debian package nginx-light) to test the proxy’s configuration.')

test.skipIf(noNginx)('nginx accepts its configuration', async () => {
  await using proxy = await prepareProxy('127.0.0.1:8080')

  const { status, stderr } = spawnSync(nginx!, ['-t', ...proxy.args], { encoding: 'utf8' })

  expect(stderr).toContain('test is successful')
  expect(stderr).not.toContain('[warn]')
  expect(status).toBe(0)
})

test.skipIf(noNginx)('the proxy passes on the address of the client, whatever the client claims', async () => {
  await using service = await startFixture({ env: { TRUST_PROXY_HOPS: '1' } })
  await using proxy = await startProxy(`127.0.0.1:${service.port}`)

  const forged = { 'x-forwarded-for': '192.0.2.7', 'x-vcap-request-id': 'forged', 'x-request-id': 'forged' }
  const answer = await fetch(`${proxy.url}/info`, { headers: forged })
  const requestId = answer.headers.get('x-request-id')
  const { client } = await service.log.find({ message: 'request', path: '/info', requestId })

  expect(client).toBe('127.0.0.1')
  expect(requestId).toMatch(/^[\da-f]{32}$/)
})

test.skipIf(noNginx)('a body that is too large is refused by the service, not by the proxy', async () => {
  await using service = await startFixture()
  await using proxy = await startProxy(`127.0.0.1:${service.port}`)

  const answer = await fetch(`${proxy.url}/fixture/echo`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(['x'.repeat(2 * 1024 * 1024)]),
  })

  expect(answer.status).toBe(413)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
})

test.skipIf(noNginx)('with METRICS_PORT the metrics cannot be reached through the proxy', async () => {
  await using service = await startFixture({ env: { METRICS_PORT: '0' } })
  await using proxy = await startProxy(`127.0.0.1:${service.port}`)

  const { status } = await fetch(`${proxy.url}/metrics`)

  expect(status).toBe(404)
})

/** The configuration, with free ports, and files in a folder of the test. */
async function prepareProxy(upstream: string) {
  const port = await freePort()
  const own = mkdtempSync(join(tmpdir(), 'proxy-'))
  const config = readFileSync(new URL('../deploy/containers/nginx.conf', import.meta.url), 'utf8')
    .replace('listen 8080;', `listen 127.0.0.1:${port};`)
    .replace('listen [::]:8080;', '')
    .replace('web:8080;', `${upstream};`)
    .replaceAll('/tmp/', `${own}/`)
    .replaceAll(/\/dev\/std(err|out)/g, `${own}/$1.log`)
  writeFileSync(join(own, 'nginx.conf'), config)
  return {
    url: `http://127.0.0.1:${port}`,
    // Without the processes that it would start as another user.
    args: [
      '-p',
      own,
      '-e',
      join(own, 'start.log'),
      '-c',
      join(own, 'nginx.conf'),
      '-g',
      'daemon off; master_process off;',
    ],
    async [Symbol.asyncDispose]() {
      rmSync(own, { recursive: true, force: true })
    },
  }
}

async function startProxy(upstream: string) {
  const proxy = await prepareProxy(upstream)
  const child = spawn(nginx!, proxy.args, { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const answers = () =>
    fetch(`${proxy.url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    )
  while (child.exitCode === null && !(await answers()));
  return {
    ...proxy,
    async [Symbol.asyncDispose]() {
      child.kill('SIGQUIT')
      await exited
      await proxy[Symbol.asyncDispose]()
    },
  }
}
