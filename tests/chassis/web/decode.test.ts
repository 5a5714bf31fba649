import { expect, test } from 'vitest'
import { decode } from '../../../src/chassis/web/decode.ts'

const json = (text: string) => () => decode('application/json', Buffer.from(text))

test('a byte order mark before JSON is refused, and named', () => {
  expect(json('\uFEFF{"title":"milk"}')).toThrow('The body is not JSON: it begins with a byte order mark.')
})

test('a byte order mark within a text is kept', () => {
  expect(json('{"title":"\uFEFFmilk"}')()).toEqual({ title: '\uFEFFmilk' })
})

test.each([
  ['a zero width space', '\u200B{}', 'U+200B'],
  ['a direction mark', '{"a":\u202E1}', 'U+202E'],
  ['a control character', '{"a":\u001B[31m}', 'U+001B'],
  ['a no-break space', '\u00A0{}', 'U+00A0'],
  ['a character of two units', '😀', 'U+D83D'],
])('%s in a body that is not JSON is named, and not repeated', (_what, text, name) => {
  expect(json(text)).toThrow(name)
  expect(json(text)).toThrow(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u)
})

test('line ends in a body that is not JSON are blanks in the message', () => {
  expect(json('{\r\n\t"a": nope}')).toThrow(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u)
})

test('a form may have 1000 fields, and none is dropped silently', () => {
  const form = (count: number) => Buffer.from(Array.from({ length: count }, (_, n) => `a${n}=${n}`).join('&'))
  const decodeForm = (count: number) => decode('application/x-www-form-urlencoded', form(count))

  expect(decodeForm(1000)).toMatchObject({ a0: '0', a999: '999' })
  expect(() => decodeForm(1001)).toThrow('The form has more than 1000 fields.')
})
