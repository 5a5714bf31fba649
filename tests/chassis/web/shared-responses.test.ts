// The responses of the chassis in the contract: described once, and added to the operations that can have them.

import { load } from 'js-yaml'
import { expect, test } from 'vitest'
import { type Contract, parseContract } from '../../../src/chassis/web/contract.ts'
import { contractYaml } from '../../../src/chassis/web/openapi-yaml.ts'
import { contract } from '../../app.ts'

const components = `
components:
  responses:
    Bad: { x-status: 400, x-applies-to: input, description: Bad. }
    Large: { x-status: 413, x-applies-to: body, description: Large. }
    Any: { x-status: default, x-applies-to: every, description: Any. }
    Busy: { x-status: 503, description: Busy. }
`
const document = (paths: string) => parseContract(`openapi: 3.1.0\ninfo: {}\npaths:${paths}${components}`)

const statusesOf = ({ document }: Contract, path: string, method: 'get' | 'post') =>
  Object.keys(document.paths?.[path]?.[method]?.responses ?? {})

test('each operation gets the responses that apply to it', () => {
  const contract = document(`
  /plain: { get: { responses: { '200': { description: OK } } } }
  /query: { get: { parameters: [{ name: q, in: query }], responses: {} } }
  /{id}: { parameters: [{ name: id, in: path }], get: {} }
  /body: { post: { requestBody: { content: {} }, responses: {} } }
`)

  expect(statusesOf(contract, '/plain', 'get')).toEqual(['200', 'default'])
  expect(statusesOf(contract, '/query', 'get')).toEqual(['400', 'default'])
  expect(statusesOf(contract, '/{id}', 'get')).toEqual(['400', 'default'])
  expect(statusesOf(contract, '/body', 'post')).toEqual(['400', '413', 'default'])
})

test('a response that an operation describes itself is left alone', () => {
  const contract = document(`
  /body: { post: { requestBody: { content: {} }, responses: { '413': { description: 'More than 3 lines.' } } } }
`)

  expect(contract.document.paths?.['/body']?.post?.responses).toMatchObject({
    '413': { description: 'More than 3 lines.' },
    '400': { $ref: '#/components/responses/Bad' },
  })
})

test('a response that applies to something unknown is an error', () => {
  const source = contract.source.replace('x-applies-to: body', 'x-applies-to: bodies')

  expect(() => parseContract(source)).toThrow('x-applies-to: bodies')
})

test('every operation with a body documents 413 and 415, and every operation documents other errors', () => {
  const operations = Object.values(contract.document.paths ?? {}).flatMap((path) => [path?.get, path?.post, path?.put])
  const withBody = operations.filter((operation) => operation?.requestBody)

  expect(operations.filter((operation) => operation && !operation.responses?.default)).toEqual([])
  expect(withBody.filter((operation) => !operation?.responses?.[413] || !operation.responses[415])).toEqual([])
})

test('the YAML of the contract has the added responses, and all lines of the file with their comments', () => {
  const yaml = contractYaml(contract)
  const isAdded = (line: string) => /^ +('\d+'|default): \{ \$ref: '#\/components\/responses\//.test(line)

  expect(load(yaml)).toEqual(contract.document)
  expect(yaml.split('\n').filter((line) => !isAdded(line))).toEqual(
    contract.source.split('\n').filter((line) => !isAdded(line)),
  )
})

test.each([
  [
    'block style',
    "\n  /a:\n    get:\n      # Why.\n      responses:\n        # First.\n        '200': { description: OK }\n",
  ],
  [
    'a comment at the end',
    "\n  /a:\n    get:\n      responses:\n        '200': { description: OK }\n        # Last.\n\n  # Next.\n  /b: {}",
  ],
  ['flow style', "\n  /a: { get: { responses: { '200': { description: OK } } } } # Why.\n"],
  ['an empty mapping', '\n  # Why.\n  /a:\n    get:\n      responses: {}\n'],
  ['methods in any order', '\n  # Why.\n  /a:\n    post:\n      responses: {}\n    get:\n      responses: {}\n'],
])('responses are added to %s, and the comments stay', (_style, paths) => {
  const contract = document(paths)

  const yaml = contractYaml(contract)

  expect(load(yaml)).toEqual(contract.document)
  expect(yaml.match(/# .*$/gm)).toEqual(contract.source.match(/# .*$/gm))
})

test.each([
  ['an alias', '\n  /a: { get: { responses: &r { } } }\n  /b: { get: { responses: *r } } # Why.\n'],
  ['no responses at all', '\n  /a: { get: { summary: A } } # Why.\n'],
  [
    'text that ends like a comment',
    "\n  /a:\n    get:\n      responses:\n        '200':\n          description: |\n            Text\n            # heading\n",
  ],
])('responses are added to %s, if necessary without comments', (_style, paths) => {
  const contract = document(paths)

  expect(load(contractYaml(contract))).toEqual(contract.document)
})
