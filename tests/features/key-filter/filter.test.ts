import { expect, test } from 'vitest'
import { filterKeys } from '../../../src/features/key-filter/filter.ts'

const filtered = (body: string) => filterKeys(Buffer.from(body)).toString()

test('members whose key begins with a or A are kept, in their order', () => {
  expect(filtered('{"b":0,"apple":1,"Avocado":2,"banana":3,"a":4,"A":5}')).toBe('{"apple":1,"Avocado":2,"a":4,"A":5}')
})

test('only the top level is filtered', () => {
  expect(filtered('{"a":{"b":[{"c":1}]},"b":{"a":1}}')).toBe('{"a":{"b":[{"c":1}]}}')
})

test.each(['{}', ' { } ', '{"b":1}', '{"":1}'])('%j keeps nothing and is an empty object', (body) => {
  expect(filtered(body)).toBe('{}')
})

test.each([
  '12345678901234567890',
  '1.10',
  '1e400',
  '-0',
  '-0.0',
  '0E+00',
  '1.7976931348623157e-999',
  '"\\u00e9é\\/"',
  '"\\ud800"',
  '"\\b\\f\\n\\r\\t\\"\\\\"',
  '"\u007f\u2028😀"',
  'true',
  'false',
  'null',
  '[ 1,\t[ ],\r\n{ "b" : { } } ]',
])('the value %s comes back unchanged', (value) => {
  expect(filtered(`{"a":${value},"b":${value}}`)).toBe(`{"a":${value}}`)
})

test('white space is kept inside a member and removed around it', () => {
  expect(filtered('\r\n{\t"a" :\n1 , "b" : 2 ,\t"A" : [ ] }\n')).toBe('{"a" :\n1,"A" : [ ]}')
})

test.each(['\\u0061', '\\u0041', '\\u0061\\u0062', '\\u0041é'])('the escaped key %s begins with a', (key) => {
  expect(filtered(`{"${key}":1}`)).toBe(`{"${key}":1}`)
})

test.each(['\\u0062', '\\n', '\\\\u0061', '\\"a', 'á', 'ａ', 'α', ' a', '__proto__'])('the key %s does not', (key) => {
  expect(filtered(`{"${key}":1}`)).toBe('{}')
})

test('of a repeated key the last member is kept in the position of the first', () => {
  expect(filtered('{"a":1,"ab":2,"a" : 3}')).toBe('{"a" : 3,"ab":2}')
})

test.each([
  ['a', '\\u0061'],
  ['a\\/', 'a/'],
  ['aé', 'a\\u00E9'],
  ['a😀', 'a\\ud83d\\uDE00'],
])('the keys %s and %s are the same', (first, last) => {
  expect(filtered(`{"${first}":1,"${last}":2}`)).toBe(`{"${last}":2}`)
})

test('keys that differ in case, in normal form or by a quote are not the same', () => {
  const body = '{"a":1,"A":2,"aé":3,"ae\u0301":4,"a\\"":5,"a\\\\":6}'

  expect(filtered(body)).toBe(body)
})

test('names of object internals are keys like any other', () => {
  const body = '{"__proto__":{"a":1},"a__proto__":{"__proto__":2},"constructor":3}'

  expect(filtered(body)).toBe('{"a__proto__":{"__proto__":2}}')
})

test('a million levels of nesting come back unchanged', () => {
  const arrays = `${'['.repeat(500_000)}${']'.repeat(500_000)}`
  const objects = `${'{"":'.repeat(500_000)}0${'}'.repeat(500_000)}`

  const body = Buffer.from(`{"a":${arrays},"A":${'['.repeat(500_000)}${objects}${']'.repeat(500_000)}}`)

  expect(filterKeys(body).equals(body)).toBe(true)
})

test('a plain Uint8Array within a larger buffer is a body too', () => {
  const around = Buffer.from('{{"a":1}}')

  expect(filterKeys(new Uint8Array(around).subarray(1, 8)).toString()).toBe('{"a":1}')
})

test('the body is not modified', () => {
  const body = Buffer.from('{"b":[[1]],"a":1}')

  filterKeys(body)

  expect(body.toString()).toBe('{"b":[[1]],"a":1}')
})
