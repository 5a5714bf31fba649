import type { Response } from 'supertest'
import { expect, test } from 'vitest'
import keyFilter from '../../../src/features/key-filter/index.ts'
import { createTestApp } from '../../app.ts'

const { http } = await createTestApp({ features: [keyFilter], env: { BODY_LIMIT: '300' } })

const post = (body: string | Buffer, type = 'application/json') =>
  http
    .post('/')
    .set('content-type', type)
    .serialize((given) => given)
    .send(body)

test('the members whose top-level key starts with an a are kept', async () => {
  const answer = await post('{"abra":123,"kadabra":4,"Ada":{"b":1}}')

  expect(answer.type).toBe('application/json')
  expect(answer.text).toBe('{"abra":123,"Ada":{"b":1}}')
})

test('values come back unchanged', async () => {
  const answer = await post('{"a":12345678901234567890,"A":1.10,"ab":1e400,"b":0}')

  expect(answer.text).toBe('{"a":12345678901234567890,"A":1.10,"ab":1e400}')
})

test.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'APPLICATION/JSON'])(
  'the media type %s is accepted',
  async (type) => {
    expect((await post('{"a":1}', type)).text).toBe('{"a":1}')
  },
)

test.each(['text/plain', '////', 'application/jsonx'])('the media type %s is refused', async (type) => {
  const answer = await post('{"a":1}', type)

  expect(answer.status).toBe(415)
  expect(answer.body.detail).toBe('Media type needs to be application/json.')
})

test.each([
  ['{"a":1', 6],
  ['[]', 0],
  ['7', 0],
  ['"a"', 0],
  ['null', 0],
  ['', 0],
  ['{"a":1}x', 7],
  ['\ufeff{}', 0],
])('the body %j is refused with the position', async (body, offset) => {
  const answer = await post(body)

  expect(answer.status).toBe(400)
  expect(answer.body.position.offset).toBe(offset)
})

test('an empty object is an empty object', async () => {
  expect((await post('{}')).text).toBe('{}')
})

test('a body that is not UTF-8 is refused with the position', async () => {
  const answer = await post(Buffer.from('{"a":"\xff"}', 'latin1'))

  expect(answer.body).toMatchObject({ status: 400, position: { offset: 6, line: 1, column: 7 } })
})

test('a body that is too large is refused', async () => {
  expect((await post(`{"a":"${'x'.repeat(300)}"}`)).status).toBe(413)
})

test('deep nesting does not crash the process', async () => {
  const { http } = await createTestApp({ features: [keyFilter] })
  const deep = `{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}`

  const answer = await http.post('/').type('json').buffer(true).parse(readText).send(deep)

  expect(answer.status).toBe(200)
  expect(answer.text).toHaveLength(deep.length)
})

/** Supertest would parse the body, which is nested too deeply for that. */
function readText(res: Response, done: (error: Error | null, body: unknown) => void) {
  res.text = ''
  res.on('data', (chunk: Buffer) => {
    res.text += chunk
  })
  res.on('end', () => done(null, res.text))
}
