import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { canonicalAddress, clientAddress, clientNetwork } from '../../../src/chassis/web/client-address.ts'

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

test.each(['64:ff9b::c000:201', '::ffff:192.0.2.1'])('a peer %s is shown as IPv4', (peer) => {
  expect(clientAddress(request({}, peer), 0)).toBe('192.0.2.1')
})

test.each([
  '192.0.2.1',
  '192.0.2.1:4711',
  '192.000.002.001',
  '"192.0.2.1:4711"',
  '[192.0.2.1]:4711',
  '::ffff:192.0.2.1',
  '::FFFF:192.0.2.1',
  '::ffff:c000:201',
  '::ffff:C000:0201',
  '0:0:0:0:0:ffff:192.0.2.1',
  '0000:0000:0000:0000:0000:ffff:c000:0201',
  '[::ffff:192.0.2.1]:4711',
  '"[::ffff:c000:201]:4711"',
  '::ffff:192.0.2.1%eth0',
  '::ffff:0:192.0.2.1',
  '64:ff9b::192.0.2.1',
  '64:FF9B::C000:201',
  '0064:ff9b:0:0:0:0:c000:0201',
])('%s is the client 192.0.2.1', (spelling) => {
  expect(clientAddress(request({ 'x-forwarded-for': spelling }), 1)).toBe('192.0.2.1')
})

test.each([
  '2001:db8::7',
  '2001:DB8::7',
  '2001:0db8:0000:0000:0000:0000:0000:0007',
  '2001:db8:0:0::7',
  '[2001:db8::7]',
  '"[2001:DB8::7]:4711"',
  '2001:db8::7%eth0',
  '2001:db8::0.0.0.7',
])('%s is the client 2001:db8::7', (spelling) => {
  expect(clientAddress(request({ 'x-forwarded-for': spelling }), 1)).toBe('2001:db8::7')
})

test.each([
  ['::1', '::1'],
  ['::ffff:1', '::ffff:1'], // Not mapped: ffff is in another place.
  ['::ffff:0:1', '0.0.0.1'],
  ['64:ff9b:1::c000:201', '64:ff9b:1::c000:201'], // Where the IPv4 address is depends on the network.
  ['2002:c000:201::1', '2002:c000:201::1'], // 6to4: a network of its own.
])('%s is spelled %s', (given, canonical) => {
  expect(canonicalAddress(given)).toBe(canonical)
})

test.each(['', 'unknown', '_hidden', '192.0.2', '192.0.2.256', '1.2.3.4.5', ':::', '[192.0.2.1', '::ffff:192.0.2.1]'])(
  '"%s" is not an address',
  (given) => {
    expect(canonicalAddress(given)).toBeUndefined()
  },
)

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:1::1', '2001:db8:0:1'],
  ['2001:db8:0:1:ffff::2', '2001:db8:0:1'],
  ['2001:db8::2:0:0:1', '2001:db8:0:0'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4'],
  ['2001:db8::', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('of %s the network %s is counted', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})

test('the address of a client whose connection is gone is unknown', () => {
  const gone = { headers: {}, socket: {} } as unknown as IncomingMessage

  expect(clientAddress(gone, 0)).toBe('unknown')
})
