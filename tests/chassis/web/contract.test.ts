// How the chassis serves a contract, tested with operations of each kind.

import { type AddressInfo, connect } from 'node:net'
import type { RequestHandler } from 'express'
import { expect, test, vi } from 'vitest'
import { requestContext } from '../../../src/chassis/context.ts'
import { parseContract, readContract } from '../../../src/chassis/web/contract.ts'
import type { Mounted } from '../../../src/ports/routes.ts'
import { contractWith, createTestApp } from '../../app.ts'

const notes = contractWith({
  paths: `
  /notes/{noteId}:
    parameters:
      - { name: noteId, in: path, required: true, schema: { type: integer, minimum: 1 } }
    get:
      parameters:
        - { name: limit, in: query, schema: { type: integer, maximum: 100, default: 10 } }
        - { name: tag, in: query, schema: { type: array, items: { type: string } } }
        - { name: X-Depth, in: header, schema: { type: integer } }
      responses:
        '200': { description: What the handler saw., content: { application/json: { schema: { type: object } } } }
    put:
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: '#/components/schemas/NewNote' } }
          application/x-www-form-urlencoded: { schema: { $ref: '#/components/schemas/NewNote' } }
      responses:
        '200': { description: What the handler saw., content: { application/json: { schema: { type: object } } } }
    post:
      requestBody:
        content: { application/json: { schema: { type: [object, 'null'] } } }
      responses:
        '200': { description: What the handler saw., content: { application/json: { schema: { type: object } } } }
`,
  schemas: `
    NewNote:
      type: object
      required: [content]
      additionalProperties: false
      properties: { content: { type: string, minLength: 1, maxLength: 20 } }
`,
})

const echo: RequestHandler = ({ params, query, body }, res) => void res.json({ params, query, body })

/** The routes of this contract are not those that the types know. */
const mounted = {
  notes: {
    routes: { 'GET /notes/{noteId}': echo, 'PUT /notes/{noteId}': echo, 'POST /notes/{noteId}': echo },
  } as Mounted,
}

const { http, lines } = await createTestApp({ contract: notes, mounted, env: { BODY_LIMIT: '200' } })

test('a route that is not in the contract is an error at start', async () => {
  const undocumented = { routes: { 'GET /secret': echo } } as Mounted

  await expect(createTestApp({ mounted: { undocumented } })).rejects.toThrow(
    'GET /secret is not in openapi.yaml. Describe it there first.',
  )
})

test('a route that is served twice is an error at start', async () => {
  const info: Mounted = { routes: { 'GET /info': echo } }

  await expect(createTestApp({ mounted: { info } })).rejects.toThrow('GET /info is served twice.')
})

test('an operation without a route is left out of the docs and logged', async () => {
  const { http, lines } = await createTestApp({ contract: notes })

  const yaml = await http.get('/openapi.yaml')
  const json = await http.get('/openapi.json')

  expect(parseContract(yaml.text).operations.has('GET /notes/{noteId}')).toBe(false)
  expect(json.body.paths).not.toHaveProperty('/notes/{noteId}')
  expect(parseContract(yaml.text).operations.has('GET /info')).toBe(true)
  expect(lines()[0]).toMatchObject({ unserved: expect.arrayContaining(['GET /notes/{noteId}']) })
})

test('handlers get parameters as the types in the contract', async () => {
  const { body } = await http.get('/notes/7?limit=5&tag=a').set('x-depth', '3')

  expect(body).toMatchObject({ query: { limit: 5, tag: ['a'] } })
})

test('a missing parameter has its default', async () => {
  expect((await http.get('/notes/7')).body.query).toEqual({ limit: 10 })
})

test.each([
  ['/notes/0', 'The path at /noteId does not match the contract: it must be >= 1.'],
  ['/notes/x', 'The path at /noteId does not match the contract: it must be integer.'],
  ['/notes/7?limit=101', 'The query at /limit does not match the contract: it must be <= 100.'],
  ['/notes/7?limit=1&limit=2', 'The query at /limit does not match the contract: it must be integer.'],
  ['/notes/%zz', 'The path is not correctly percent-encoded.'],
])('GET %s is rejected', async (path, detail) => {
  const answer = await http.get(path)

  expect(answer.status).toBe(400)
  expect(answer.body.detail).toBe(detail)
})

test('a header that does not match the contract is rejected', async () => {
  const { body } = await http.get('/notes/7').set('x-depth', 'deep')

  expect(body).toMatchObject({
    status: 400,
    errors: [{ in: 'header', pointer: '/x-depth', detail: 'must be integer' }],
  })
})

test.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json ; charset="utf-8"; x=1'])(
  'a body of type %s is read as JSON',
  async (type) => {
    const { body } = await http.put('/notes/7').set('content-type', type).send('{"content":"milk"}')

    expect(body.body).toEqual({ content: 'milk' })
  },
)

test('log lines of a handler with a body have the request id', async () => {
  const echo: RequestHandler = (_req, res) => void res.json({ body: requestContext.getStore() })
  const echoingNotes = { notes: { routes: { 'PUT /notes/{noteId}': echo } } as Mounted }
  const { http } = await createTestApp({ contract: notes, mounted: echoingNotes })

  const { body } = await http.put('/notes/7').set('x-request-id', 'r-7').type('json').send('{"content":"milk"}')

  expect(body.body).toEqual({ requestId: 'r-7' })
})

test('a client that disconnects during the response does not cause an error of the body', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>()
  const slow: RequestHandler = async (req, res) => {
    req.socket.once('close', () => setImmediate(leave))
    ask()
    await gone
    res.json({})
  }
  const waiting = { notes: { routes: { 'PUT /notes/{noteId}': slow } } as Mounted }
  const { app, lines } = await createTestApp({ contract: notes, mounted: waiting })
  await using server = app.listen(0)
  const { port } = server.address() as AddressInfo

  const client = connect(port, '127.0.0.1')
  const head = 'PUT /notes/7 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n'
  client.write(`${head}{"content":"a"}`)
  await asked
  client.destroy()
  await gone
  await vi.waitFor(() => expect(lines()).toContainEqual(expect.objectContaining({ message: 'request' })))

  expect(lines().filter(({ level }) => level === 'error')).toEqual([])
  expect(lines().find(({ message }) => message === 'request')).toMatchObject({ status: 499, aborted: true })
})

test('a body is validated by the schema of its own media type', async () => {
  const paths = `
  /colours:
    post:
      requestBody:
        required: true
        content:
          application/json: { schema: { type: object, required: [red] } }
          application/x-www-form-urlencoded: { schema: { type: object, required: [name] } }
      responses:
        '200': { description: What the handler saw., content: { application/json: { schema: { type: object } } } }
`
  const colours = { routes: { 'POST /colours': echo } } as Mounted
  const { http } = await createTestApp({ contract: contractWith({ paths }), mounted: { colours } })
  const send = (type: string, body: string) => http.post('/colours').set('content-type', type).send(body)

  expect((await send('application/json', '{"red":1}')).status).toBe(200)
  expect((await send('Application/JSON ; charset=utf-8', '{"name":1}')).body.detail).toContain("property 'red'")
  expect((await send('application/x-www-form-urlencoded', 'name=a')).status).toBe(200)
  expect((await send('application/x-www-form-urlencoded', 'red=a')).body.detail).toContain("property 'name'")
})

test('a form is read as an object', async () => {
  const { body } = await http.put('/notes/7').type('form').send('content=caf%C3%A9+%26+milk')

  expect(body.body).toEqual({ content: 'café & milk' })
})

test.each([
  ['', 'The body is empty, but must be JSON.'],
  ['{"content":', /^The body is not JSON: /],
  ['null', 'The body does not match the contract: it must be object.'],
  ['{"content":7}', 'The body at /content does not match the contract: it must be string.'],
  ['{"content":""}', 'The body at /content does not match the contract: it must NOT have fewer than 1 characters.'],
  ['{"content":"a","b":1}', 'The body does not match the contract: it must NOT have additional properties: b.'],
  [
    '{"content":"a","__proto__":1}',
    'The body does not match the contract: it must NOT have additional properties: __proto__.',
  ],
])('the body %j is rejected', async (text, detail) => {
  const answer = await http.put('/notes/7').type('json').send(text)

  expect(answer.status).toBe(400)
  expect(answer.body.detail).toMatch(detail)
})

test('a body that is not UTF-8 is rejected', async () => {
  const answer = await http
    .put('/notes/7')
    .type('json')
    .serialize((given) => given)
    .send(Buffer.from('{"content":"\xff"}', 'latin1'))

  expect(answer.body).toMatchObject({ status: 400, detail: 'The body is not UTF-8.' })
})

test.each(['////', 'text/plain', 'application/json-patch', 'json', 'application/json; =;;x', 'application/json; a="b'])(
  'a body of type %j is rejected',
  async (type) => {
    const answer = await http.put('/notes/7').set('content-type', type).send('{"content":"a"}')

    expect(answer.status).toBe(415)
    expect(answer.headers.accept).toBe('application/json, application/x-www-form-urlencoded')
    expect(answer.body.detail).toBe('Media type needs to be application/json or application/x-www-form-urlencoded.')
  },
)

test('charset within the value of another parameter does not count', async () => {
  const answer = await http
    .put('/notes/7')
    .set('content-type', 'application/json; x="; charset=latin1"')
    .send('{"content":"a"}')

  expect(answer.status).toBe(200)
})

test('a charset other than UTF-8 is rejected', async () => {
  const answer = await http
    .put('/notes/7')
    .set('content-type', 'application/json; charset=utf-16')
    .send('{"content":"a"}')

  expect(answer.body).toMatchObject({ status: 415, detail: 'The charset must be utf-8.' })
})

test('a body with a content encoding is rejected', async () => {
  const answer = await http.put('/notes/7').type('json').set('content-encoding', 'gzip').send('{"content":"a"}')

  expect(answer.status).toBe(415)
  expect(answer.headers['accept-encoding']).toBe('identity')
})

test('a body that is too large is rejected', async () => {
  const answer = await http
    .put('/notes/7')
    .type('json')
    .send(JSON.stringify({ content: 'x'.repeat(200) }))

  expect(answer.body).toMatchObject({ status: 413, detail: 'The body is larger than 200 bytes.' })
})

test('an optional body may be missing, and null is a valid value', async () => {
  expect((await http.post('/notes/7')).body.body).toBeUndefined()
  expect((await http.post('/notes/7').type('json').send('null')).body.body).toBeNull()
})

test('OPTIONS lists the methods, and so does the response to any other method', async () => {
  const options = await http.options('/notes/7')
  const refused = await http.delete('/notes/7')
  const traced = await http.trace('/notes/7')

  expect(options.status).toBe(204)
  expect(options.headers.allow).toBe('GET, PUT, POST, HEAD, OPTIONS')
  expect(refused.status).toBe(405)
  expect(refused.headers.allow).toBe('GET, PUT, POST, HEAD, OPTIONS')
  expect(traced.status).toBe(405)
})

test('the label of a request is the path in the contract', async () => {
  await http.get('/notes/7')

  const { text } = await http.get('/metrics')

  expect(text).toContain('http_request_duration_seconds_count{method="GET",route="/notes/{noteId}",status="200"}')
  expect(lines()).toContainEqual(expect.objectContaining({ path: '/notes/7', status: 200 }))
})

test('a reference to nothing is an error', () => {
  const paths = `
  /notes:
    post: { requestBody: { $ref: '#/components/requestBodies/None' }, responses: { '200': { description: OK } } }
`

  expect(() => contractWith({ paths })).toThrow(
    'openapi.yaml refers to #/components/requestBodies/None, which does not exist.',
  )
})

test.each(['', 'swagger: "2.0"', 'openapi: 3.0.3\npaths: {}'])('%j is not a contract', (source) => {
  expect(() => parseContract(source)).toThrow('OpenAPI 3.1')
})

test('a missing contract is an error', () => {
  expect(() => readContract(new URL('./missing.yaml', import.meta.url))).toThrow('ENOENT')
})

const uploads = (limit: string) =>
  contractWith({
    paths: `
  /uploads:
    post:
      ${limit}
      requestBody: { content: { application/json: { schema: { type: object } } } }
      responses:
        '200': { description: What the handler saw., content: { application/json: { schema: { type: object } } } }
`,
  })

const acceptUploads = { uploads: { routes: { 'POST /uploads': echo } } as unknown as Mounted }

test.each([
  ['x-body-limit', 'x-body-limit: 300000', {}, 300_000],
  ['100 KiB by default', 'summary: Uploads', {}, 102_400],
  ['BODY_LIMIT, which replaces both', 'x-body-limit: 300000', { BODY_LIMIT: '500' }, 500],
])('the largest body of an operation is %s', async (_what, described, env, limit) => {
  const { http } = await createTestApp({ contract: uploads(described), mounted: acceptUploads, env })
  const send = (bytes: number) => http.post('/uploads').send({ a: 'x'.repeat(bytes - '{"a":""}'.length) })

  const [largest, larger] = [await send(limit), await send(limit + 1)]

  expect([largest.status, larger.status]).toEqual([200, 413])
  expect(larger.body.detail).toBe(`The body is larger than ${limit} bytes.`)
})

test('an x-body-limit that is no number of bytes is an error at start', () => {
  expect(() => uploads('x-body-limit: 1MB')).toThrow('openapi.yaml has x-body-limit: 1MB at /uploads')
})

test('a form of more than 1000 fields is answered with 400', async () => {
  const { http } = await createTestApp({ contract: notes, mounted })
  const send = (fields: number) =>
    http
      .put('/notes/1')
      .type('form')
      .send(`content=a${'&b'.repeat(fields - 1)}`)

  const [most, more] = [await send(1000), await send(1001)]

  expect(most.body.detail).toContain('does not match the contract')
  expect([more.status, more.body.detail]).toEqual([400, 'The form has more than 1000 fields.'])
})
