import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { clientAddress } from '../../../src/chassis/web/client-address.ts'

function request(headers: Record<string, string>, remoteAddress: string | undefined = '10.0.0.1') {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage
}

test.each([
  { hops: 0, forwarded: '198.51.100.1', client: '10.0.0.1', why: 'no proxy is trusted' },
  { hops: 1, forwarded: '203.0.113.9, 198.51.100.1', client: '198.51.100.1', why: 'the router saw it' },
  { hops: 2, forwarded: '203.0.113.9, 198.51.100.1, 10.1.1.1', client: '198.51.100.1', why: 'the balancer saw it' },
  { hops: 2, forwarded: '198.51.100.1', client: '198.51.100.1', why: 'a request came past the balancer' },
  { hops: 1, forwarded: '198.51.100.1:4711', client: '198.51.100.1', why: 'ports are cut off' },
  { hops: 1, forwarded: '[2001:db8::7]:4711', client: '2001:db8::7', why: 'ports are cut off IPv6 addresses too' },
  { hops: 1, forwarded: 'evil"}', client: '10.0.0.1', why: 'only addresses count' },
  { hops: 1, forwarded: '', client: '10.0.0.1', why: 'there was no proxy' },
])('with $hops trusted hops the client of "$forwarded" is $client: $why', ({ hops, forwarded, client }) => {
  expect(clientAddress(request({ 'x-forwarded-for': forwarded }), hops)).toBe(client)
})

test('an IPv4 client of an IPv6 socket is shown as IPv4', () => {
  expect(clientAddress(request({}, '::ffff:192.0.2.1'), 0)).toBe('192.0.2.1')
})

test('the address of a client whose connection is gone is unknown', () => {
  const gone = { headers: {}, socket: {} } as unknown as IncomingMessage

  expect(clientAddress(gone, 0)).toBe('unknown')
})
