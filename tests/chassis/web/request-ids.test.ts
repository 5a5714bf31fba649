import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { readRequestIds } from '../../../src/chassis/web/request-ids.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'

const request = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage

test('the router’s request id takes precedence over the proxy’s', () => {
  expect(readRequestIds(request({ 'x-vcap-request-id': 'router', 'x-request-id': 'proxy' }))).toEqual({
    requestId: 'router',
  })
  expect(readRequestIds(request({ 'x-request-id': 'proxy' }))).toEqual({ requestId: 'proxy' })
})

test.each(['', ' ', 'a b', 'a"b', 'a\nb', 'é', 'x'.repeat(129)])(
  '%j is not a valid request id; a new one is generated',
  (given) => {
    expect(readRequestIds(request({ 'x-vcap-request-id': given })).requestId).toMatch(
      /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
    )
  },
)

test.each([
  `00-${TRACE}-00f067aa0ba902b7-01`,
  `00-${TRACE}-00f067aa0ba902b7-ff`,
  `01-${TRACE}-00f067aa0ba902b7-01`,
  `cc-${TRACE}-00f067aa0ba902b7-01-what-the-future-adds`,
])('the trace id is that of a valid traceparent %s', (traceparent) => {
  expect(readRequestIds(request({ traceparent })).traceId).toBe(TRACE)
})

test.each([
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
  `ff-${TRACE}-00f067aa0ba902b7-01`,
  `00-${TRACE}-00f067aa0ba902b7-01-more`,
  `00-${TRACE}-00f067aa0ba902b7-01-`,
  `00-${TRACE}-00f067aa0ba902b7-01, 00-${TRACE}-00f067aa0ba902b7-01`,
  `01-${TRACE}-00f067aa0ba902b7-01.more`,
  `01-${TRACE}-00f067aa0ba902b7-012`,
  `0-${TRACE}-00f067aa0ba902b7-01`,
  `00-${TRACE}0-00f067aa0ba902b7-01`,
  `00-${TRACE}-00f067aa0ba902b7-0`,
  `00-${TRACE}-00F067AA0BA902B7-01`,
  'nonsense',
])('a traceparent %j is ignored', (traceparent) => {
  expect(readRequestIds(request({ traceparent }))).not.toHaveProperty('traceId')
})
