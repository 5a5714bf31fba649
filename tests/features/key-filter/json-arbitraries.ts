// Random JSON for property tests, made of spellings rather than of values: escapes, numbers that no double can hold,
// white space anywhere and repeated keys, none of which JSON.stringify would write.

import fc from 'fast-check'

/** A member of a JSON object, as it is spelled there. */
export interface SpelledMember {
  key: string
  text: string
}

const space = fc.constantFrom('', '', '', '', ' ', '\n', '\t', '\r\n  ')

const escapes = ['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u0061', '\\u00E9', '\\ud800', '\\udE00']

const letter = fc.oneof(
  { arbitrary: fc.constantFrom(...'aAbB019{}[],:é€😀\u007f\u2028'), weight: 3 },
  fc.constantFrom(...escapes),
)

const string = fc.array(letter, { maxLength: 6 }).map((letters) => `"${letters.join('')}"`)

const key = fc
  .tuple(
    fc.constantFrom('', 'a', 'A', '\\u0061', '\\u0041', 'b', '__proto__'),
    fc.constantFrom('', '', 'é', '\\u00e9', '\\"'),
  )
  .map(([first, rest]) => `"${first}${rest}"`)

const number = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,4})?([eE][+-]?\d{1,3})?$/)

const { value, member } = fc.letrec<{ value: string; member: SpelledMember }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom('true', 'false', 'null', '0', '-0', '{}', '[ ]', '""'),
    number,
    string,
    spacedList(tie('value')).map((items) => `[${items}]`),
    spacedList(tie('member').map(({ text }) => text)).map((members) => `{${members}}`),
  ),
  member: fc
    .tuple(key, space, space, tie('value'))
    .map(([key, before, after, value]) => ({ key, text: `${key}${before}:${after}${value}` })),
}))

/** A JSON value of any kind, without white space around it. */
export const anyValue: fc.Arbitrary<string> = value

/** A JSON object as its members and as a whole, without white space around it. */
export const anyObject: fc.Arbitrary<{ members: SpelledMember[]; text: string }> = fc
  .array(fc.tuple(space, member, space), { maxLength: 5 })
  .map((spaced) => ({
    members: spaced.map(([, member]) => member),
    text: `{${spaced.map(([before, { text }, after]) => before + text + after).join(',')}}`,
  }))

/** A JSON object in bytes, of which a few were removed, replaced, added or cut off: near to JSON, mostly not JSON. */
export const anyDamagedObject: fc.Arbitrary<Buffer> = fc
  .tuple(
    anyObject,
    fc.array(fc.record({ at: place(), remove: fc.nat(1), insert: fewBytes() }), { minLength: 1, maxLength: 2 }),
    fc.option(place(), { freq: 4 }),
  )
  .map(([{ text }, edits, cut]) => {
    const damaged = edits.reduce((bytes, { at, remove, insert }) => {
      const start = at % bytes.length
      return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)])
    }, Buffer.from(text))
    return cut === null ? damaged : damaged.subarray(0, cut % damaged.length)
  })

// Taken modulo the length; unbiased, because small numbers would damage little but the opening brace.
function place(): fc.Arbitrary<number> {
  return fc.noBias(fc.nat())
}

function fewBytes(): fc.Arbitrary<Buffer> {
  const byte = fc.oneof(
    { arbitrary: fc.constantFrom(...Buffer.from('{}[]:,"\\ \n\t\f\0-+.eE019tfnulvxaAbgG/*\'')), weight: 12 },
    { arbitrary: fc.constantFrom(0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0xed, 0xef, 0xf0, 0xff), weight: 1 },
    { arbitrary: fc.nat(255), weight: 1 },
  )
  return fc.array(byte, { maxLength: 2 }).map((bytes) => Buffer.from(bytes))
}

function spacedList(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .array(fc.tuple(space, item, space), { maxLength: 3 })
    .map((spaced) => spaced.map((parts) => parts.join('')).join(','))
}
