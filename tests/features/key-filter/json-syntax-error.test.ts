import { expect, test } from 'vitest'
import { filterKeys } from '../../../src/features/key-filter/filter.ts'
import { JsonSyntaxError } from '../../../src/features/key-filter/json-syntax-error.ts'

function complaint(body: string | Buffer): JsonSyntaxError {
  try {
    filterKeys(Buffer.from(body))
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error
    throw error
  }
  throw new Error(`Nothing is wrong with ${body}.`)
}

test('an error says what was expected, what was found and where', () => {
  expect(complaint('{\n "a": [1],\n "b"]}')).toMatchObject({
    name: 'JsonSyntaxError',
    message: 'Expected ":" but found "]" at line 3, column 5 (byte 17).',
    offset: 17,
    line: 3,
    column: 5,
  })
})

test('columns count characters, offsets count bytes', () => {
  expect(complaint('\r\n{"é😀" x')).toMatchObject({ offset: 12, line: 2, column: 7 })
})

test.each([
  ['', 'Expected a JSON object but found the end of the body', 0],
  [' \n', 'Expected a JSON object but found the end of the body', 2],
  ['\ufeff{}', 'Expected a JSON object but found a byte order mark', 0],
  [' []', 'Expected a JSON object but found "["', 1],
  ['"a"', `Expected a JSON object but found '"'`, 0],
  ['null', 'Expected a JSON object but found "n"', 0],
  ['-1', 'Expected a JSON object but found "-"', 0],
  ['{} {}', 'Expected the end of the body but found "{"', 3],
  ['{}\0', 'Expected the end of the body but found U+0000', 2],
])('of the body %j it says: %s', (body, start, offset) => {
  const { message, ...error } = complaint(body)

  expect(message).toContain(start)
  expect(error.offset).toBe(offset)
})

test.each([
  ['{a:1}', 'Expected a key in double quotes but found "a"', 1],
  [`{'a':1}`, `Expected a key in double quotes but found "'"`, 1],
  ['{"a":1,}', 'Expected a key in double quotes but found "}"', 7],
  ['{,}', 'Expected a key in double quotes but found ","', 1],
  ['{"a" 1}', 'Expected ":" but found "1"', 5],
  ['{"a"::1}', 'Expected a value but found ":"', 5],
  ['{"a":}', 'Expected a value but found "}"', 5],
  ['{"a":1 "b":2}', `Expected "," or "}" but found '"'`, 7],
  ['{"a":1]', 'Expected "," or "}" but found "]"', 6],
  ['{"a":1/*no*/}', 'Expected "," or "}" but found "/"', 6],
  ['{"a":1\u00a0}', 'Expected "," or "}" but found U+00A0', 6],
  ['{\f}', 'Expected a key in double quotes but found U+000C', 1],
  ['{\v}', 'Expected a key in double quotes but found U+000B', 1],
  ['{"a":[1}}', 'Expected "," or "]" but found "}"', 7],
  ['{"a":[1,]}', 'Expected a value but found "]"', 8],
  ['{"a":[,1]}', 'Expected a value but found ","', 6],
  ['{"a":{"b":1,}}', 'Expected a key in double quotes but found "}"', 12],
  ['{"a":{"b"}}', 'Expected ":" but found "}"', 9],
])('of the structure %s it says: %s', (body, start, offset) => {
  const { message, ...error } = complaint(body)

  expect(message).toContain(start)
  expect(error.offset).toBe(offset)
})

test.each([
  ['01', 'Expected "," or "}" but found "1"', 1],
  ['-01', 'Expected "," or "}" but found "1"', 2],
  ['1.', 'Expected a digit but found "}"', 2],
  ['.5', 'Expected a value but found "."', 0],
  ['+1', 'Expected a value but found "+"', 0],
  ['-', 'Expected a digit but found "}"', 1],
  ['1e', 'Expected a digit but found "}"', 2],
  ['1e+', 'Expected a digit but found "}"', 3],
  ['1.e1', 'Expected a digit but found "e"', 2],
  ['0x1F', 'Expected "," or "}" but found "x"', 1],
  ['1_000', 'Expected "," or "}" but found "_"', 1],
  ['NaN', 'Expected a value but found "N"', 0],
  ['-Infinity', 'Expected a digit but found "I"', 1],
  ['nul', 'Expected the rest of "null" but found "}"', 3],
  ['True', 'Expected a value but found "T"', 0],
  ['falsey', 'Expected "," or "}" but found "y"', 5],
  ["'x'", `Expected a value but found "'"`, 0],
  ['"\\x"', 'Expected one of "\\/bfnrtu after a backslash but found "x"', 2],
  ['"\\v"', 'Expected one of "\\/bfnrtu after a backslash but found "v"', 2],
  ['"\\u123"', `Expected four hexadecimal digits after "\\u" but found '"'`, 6],
  ['"\\u123g"', 'Expected four hexadecimal digits after "\\u" but found "g"', 6],
  ['"\\u12G4"', 'Expected four hexadecimal digits after "\\u" but found "G"', 5],
  ['"\\u{61}"', 'Expected four hexadecimal digits after "\\u" but found "{"', 3],
  ['"\n"', 'Expected the string to continue or end (control characters must be escaped) but found U+000A', 1],
  ['"\0"', 'Expected the string to continue or end (control characters must be escaped) but found U+0000', 1],
  ['"\u001f"', 'Expected the string to continue or end (control characters must be escaped) but found U+001F', 1],
])('of the value %j it says: %s', (value, start, offset) => {
  const { message, ...error } = complaint(`{"a":${value}}`)

  expect(message).toContain(start)
  expect(error.offset).toBe('{"a":'.length + offset)
})

test.each([
  '{',
  '{ ',
  '{"',
  '{"a',
  '{"a\\',
  '{"a\\u00',
  '{"a"',
  '{"a":',
  '{"a":-',
  '{"a":1',
  '{"a":1.',
  '{"a":1e',
  '{"a":tru',
  '{"a":"é',
  '{"a":[',
  '{"a":[1,',
  '{"a":[{}',
  '{"a":1,',
  `{"a":${'['.repeat(1_000_000)}`,
])('the error of an unfinished body is at its end: %.20s', (body) => {
  expect(complaint(body)).toMatchObject({
    message: expect.stringContaining('but found the end of the body at line 1'),
    offset: Buffer.byteLength(body),
  })
})

test.each([
  ['a lone continuation', [0x80], '80'],
  ['a byte that UTF-8 never has', [0xff], 'ff'],
  ['an overlong slash', [0xc0, 0xaf], 'c0'],
  ['a surrogate', [0xed, 0xa0, 0x80], 'ed'],
  ['more than U+10FFFF', [0xf4, 0x90, 0x80, 0x80], 'f4'],
  ['a character cut short', [0xf0, 0x9f, 0x98], 'f0'],
  ['a replacement character cut short', [0xef, 0xbf], 'ef'],
])('%s is not UTF-8, and the error is where it begins', (_, bytes, first) => {
  const before = '{"é\ufffd":"'

  expect(complaint(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from('"}')]))).toMatchObject({
    message: expect.stringContaining(`Expected UTF-8 but found a broken character that begins with 0x${first}`),
    offset: Buffer.byteLength(before),
    column: before.length + 1,
  })
})

test('a body that ends within a character is not UTF-8', () => {
  expect(complaint(Buffer.from([0x7b, 0xef])).message).toContain('Expected UTF-8')
})
