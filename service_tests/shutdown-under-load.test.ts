// A rolling restart under load loses no request: routers go on sending over kept-alive and new connections until they
// know that the instance stops.

import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { drain, draining, type Service, startFixture } from './service.ts'

const body = JSON.stringify({ sent: 'x'.repeat(1000) })
const post = { method: 'POST', path: '/fixture/echo', headers: { 'content-type': 'application/json' } }

test('50 clients that keep their connections lose no request at SIGTERM', async () => {
  await using service = await startFixture(draining)
  const clients = Array.from({ length: 50 }, () => sendUntilClosed(service))
  await service.log.findAll({ message: 'request', status: 200 }, 200)

  using _drain = await drain(service)
  const answers = (await Promise.all(clients)).flat()

  expect(answers.filter((answer) => answer !== body)).toEqual([])
})

test('a client that opens a connection for each request loses none while the service drains', async () => {
  await using service = await startFixture(draining)
  using _drain = await drain(service)

  const answers = await Promise.all(Array.from({ length: 50 }, () => send(service, new Agent())))

  expect(answers.filter(({ received }) => received !== body)).toEqual([])
})

/** Sends one request after the other over one connection, until an answer closes it. */
async function sendUntilClosed(service: Service): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const answers: string[] = []
  for (;;) {
    const { received, last } = await send(service, agent)
    answers.push(received)
    if (last) return answers
  }
}

async function send({ host, port }: Service, agent: Agent) {
  const sent = request({ ...post, host, port, agent }).end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  return { received: await text(response), last: response.headers.connection === 'close' }
}
