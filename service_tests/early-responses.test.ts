// Responses that are sent before the body has arrived. What follows on the connection is either the rest of that body, of
// which a bounded amount is discarded, or can't be parsed; the next request never pays for it.

import type { Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { startFixture } from './service.ts'

// Shared, because nothing that a test sends leaves a trace in the service.
const service = await startFixture({ env: { BODY_LIMIT: '1000', REQUEST_TIMEOUT_SECONDS: '5' } })
afterAll(() => service[Symbol.asyncDispose]())

const chunked = 'Host: service\r\nTransfer-Encoding: chunked\r\n'
const json = 'Content-Type: application/json\r\n'
const next = 'GET /health/live HTTP/1.1\r\nHost: service\r\n\r\n'

/** Each is answered without reading the body. */
const early: [status: number, head: string][] = [
  [404, `POST /nowhere HTTP/1.1\r\n${chunked}\r\n`],
  [405, `DELETE /fixture/echo HTTP/1.1\r\n${chunked}\r\n`],
  [415, `POST /fixture/echo HTTP/1.1\r\n${chunked}\r\n`],
  [413, `POST /fixture/echo HTTP/1.1\r\n${chunked}${json}\r\n3e9\r\n${'x'.repeat(1001)}\r\n`],
  [200, `GET /health/live HTTP/1.1\r\n${chunked}\r\n`],
  [204, `OPTIONS /fixture/echo HTTP/1.1\r\n${chunked}\r\n`],
]

test.each(early)('after an early %i, a malformed body closes the connection', async (status, head) => {
  using wire = await service.connect()

  wire.write(`${head}zz\r\n`)
  const answer = await wire.answer()
  wire.write(next)

  expect(answer.status).toBe(status)
  expect(await wire.closed()).toBe('')
})

test.each(early)('a body that becomes malformed after an early %i closes the connection', async (status, head) => {
  using wire = await service.connect()

  wire.write(head)
  const answer = await wire.answer()
  wire.write(`zz\r\n${next}`)

  expect(answer.status).toBe(status)
  expect(await wire.closed()).toBe('')
})

test.each(early)('after an early %i, a body that ends well leaves the connection open', async (status, head) => {
  using wire = await service.connect()

  wire.write(head)
  const answer = await wire.answer()
  wire.write(`2\r\n{}\r\n0\r\n\r\n${next}`)

  expect([answer.status, (await wire.answer()).status]).toEqual([status, 200])
})

test.each(early)('after an early %i, a body without end is not read without end', async (status, head) => {
  using wire = await service.connect()
  wire.write(head)
  const sent = sendWithoutEnd(wire.socket)

  const answer = await wire.answer()
  await wire.closed()

  expect(answer.status).toBe(status)
  // What the buffers of the kernel hold was sent, but not read.
  expect(await sent).toBeLessThan(64 * 1024 * 1024)
})

test('after an early response, a declared length of 1 GB is not read to its end', async () => {
  using wire = await service.connect()
  wire.write(`POST /fixture/echo HTTP/1.1\r\nHost: service\r\n${json}Content-Length: 1000000000\r\n\r\n`)
  const { status } = await wire.answer()

  const sent = sendWithoutEnd(wire.socket)
  await wire.closed()

  expect(status).toBe(413)
  expect(await sent).toBeLessThan(64 * 1024 * 1024)
})

test('a body that stalls after an early response gets no second response', async () => {
  using wire = await service.connect()

  wire.write('POST /nowhere HTTP/1.1\r\nHost: service\r\nContent-Length: 10\r\n\r\n123')
  const { status } = await wire.answer()

  expect(status).toBe(404)
  expect(await wire.closed()).toBe('')
})

test('what is malformed behind a response in progress closes the connection after it', async () => {
  using wire = await service.connect()

  wire.write('GET /fixture/slow?ms=300 HTTP/1.1\r\nHost: service\r\n\r\nnonsense\r\n\r\n')
  const { status, headers } = await wire.answer()

  expect([status, headers.get('connection')]).toEqual([200, 'close'])
  expect(await wire.closed()).toBe('')
})

/** @returns how many bytes were sent when the connection was closed */
function sendWithoutEnd(socket: Socket): Promise<number> {
  const block = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  socket.on('drain', send)
  send()
  return new Promise((resolve) => socket.once('close', () => resolve(socket.bytesWritten)))

  function send() {
    while (!socket.destroyed && socket.write(block, 'latin1'));
  }
}
