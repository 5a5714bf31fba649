import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Instance } from '../../src/container/launch.ts'
import { becomeHealthy } from '../../src/platform/health.ts'

test('an instance that responds to no probe fails at its deadline, even if a single probe may take longer', async () => {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy())).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const attributes = { type: 'web', timeout: 1, 'health-check-type': 'http', 'health-check-invocation-timeout': 600 }

  await expect(becomeHealthy(pretend({ port, attributes }), [])).rejects.toThrow('not healthy within 1 s')
})

const pretend = ({ port, attributes }: { port: number; attributes: Instance['plan']['attributes'] }) =>
  ({
    name: 'web/0',
    address: '127.0.0.1',
    port,
    plan: { type: 'web', attributes },
    stdout: { tail: () => '' },
    exited: new Promise(() => {}),
    running: () => true,
    members: () => [process.pid],
  }) as unknown as Instance
