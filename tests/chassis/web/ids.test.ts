import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { clientAddress, readIds } from '../../../src/chassis/web/ids.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

function request(headers: Record<string, string>, remoteAddress: string | undefined = '10.0.0.1') {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage
}

test('the router’s request id comes before the proxy’s', () => {
  expect(readIds(request({ 'x-vcap-request-id': 'router', 'x-request-id': 'proxy' }))).toEqual({ requestId: 'router' })
  expect(readIds(request({ 'x-request-id': 'proxy' }))).toEqual({ requestId: 'proxy' })
})

test.each(['', ' ', 'a b', 'a"b', 'a\nb', 'é', 'x'.repeat(129)])('%j is no request id; one is made', (given) => {
  expect(readIds(request({ 'x-vcap-request-id': given })).requestId).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
})

test('the trace id is that of a valid traceparent', () => {
  expect(readIds(request({ traceparent: `00-${TRACE}-00f067aa0ba902b7-01` })).traceId).toBe(TRACE)
})

test.each([
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
  'nonsense',
])('a traceparent %j is ignored', (traceparent) => {
  expect(readIds(request({ traceparent }))).not.toHaveProperty('traceId')
})

test.each([
  { hops: 0, forwarded: '198.51.100.1', client: '10.0.0.1', why: 'nobody is trusted' },
  { hops: 1, forwarded: '203.0.113.9, 198.51.100.1', client: '198.51.100.1', why: 'the router saw it' },
  { hops: 2, forwarded: '203.0.113.9, 198.51.100.1, 10.1.1.1', client: '198.51.100.1', why: 'the balancer saw it' },
  { hops: 2, forwarded: '198.51.100.1', client: '198.51.100.1', why: 'a request came past the balancer' },
  { hops: 1, forwarded: '198.51.100.1:4711', client: '198.51.100.1', why: 'ports are cut off' },
  { hops: 1, forwarded: '[2001:db8::7]:4711', client: '2001:db8::7', why: 'ports are cut off IPv6 too' },
  { hops: 1, forwarded: 'evil"}', client: '10.0.0.1', why: 'only addresses count' },
  { hops: 1, forwarded: '', client: '10.0.0.1', why: 'there was no proxy' },
])('with $hops trusted hops the client of "$forwarded" is $client: $why', ({ hops, forwarded, client }) => {
  expect(clientAddress(request({ 'x-forwarded-for': forwarded }), hops)).toBe(client)
})

test('an IPv4 client of an IPv6 socket is shown as what it is', () => {
  expect(clientAddress(request({}, '::ffff:192.0.2.1'), 0)).toBe('192.0.2.1')
})

test('a client whose connection is gone already is unknown', () => {
  const gone = { headers: {}, socket: {} } as unknown as IncomingMessage

  expect(clientAddress(gone, 0)).toBe('unknown')
})
