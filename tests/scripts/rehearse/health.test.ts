import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { becomeHealthy } from '../../../scripts/rehearse/health.ts'
import type { Instance } from '../../../scripts/rehearse/launch.ts'

test('who answers no probe is given up at its deadline, however long a probe may take', async () => {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy())).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const attributes = { type: 'web', timeout: 1, 'health-check-type': 'http', 'health-check-invocation-timeout': 5 }
  const startedMs = performance.now()

  await expect(becomeHealthy(pretend({ port, attributes }), [])).rejects.toThrow('not healthy within 1 s')

  expect(performance.now() - startedMs).toBeLessThan(4000)
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
