import express from 'express'
import supertest from 'supertest'
import { expect, test } from 'vitest'
import { represent, sendCreated, sendRepresentation } from '../../src/resources/representation.ts'

const order = { id: '019ab8c4-fbff-7b3b-8f9f-c75673541bec', name: 'größer' }
const representation = { ...represent(order), link: '<?cursor=abc>; rel="next"' }
const http = supertest(
  express()
    .get('/orders', (req, res) => sendRepresentation(req, res, representation))
    .post('/orders{/}', (req, res) => sendCreated(req, res, order)),
)

test('a representation is sent as JSON, with a tag and its link', async () => {
  const { status, body, headers } = await http.get('/orders')

  expect(status).toBe(200)
  expect(body).toEqual(order)
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(JSON.stringify(order))),
    'cache-control': 'no-cache',
    etag: expect.stringMatching(/^W\/"[\w-]{22}"$/),
    link: representation.link,
  })
})

test('equal resources have the same tag, and others do not', () => {
  expect(represent({ ...order }).etag).toBe(represent(order).etag)
  expect(represent({ ...order, name: 'other' }).etag).not.toBe(represent(order).etag)
})

test.each([
  [representation.etag, 304],
  [representation.etag.slice(2), 304],
  [`"other" , ${representation.etag}`, 304],
  ['*', 304],
  ['"other"', 200],
  ['', 200],
])('If-None-Match: %s is answered %i', async (header, status) => {
  const response = await http.get('/orders').set('if-none-match', header)

  expect(response.status).toBe(status)
  expect(response.headers).toMatchObject({ etag: representation.etag, 'cache-control': 'no-cache' })
})

test.each(['/orders', '/orders/', '/behind/a/prefix/orders'])(
  'the Location after POST %s leads to the resource',
  async (path) => {
    const { status, body, headers } = await http.post(path.replace('/behind/a/prefix', ''))

    const { pathname } = new URL(headers.location!, `http://service${path}`)

    expect([status, body]).toEqual([201, order])
    expect(pathname).toBe(path.replace(/\/?$/, `/${order.id}`))
  },
)
