import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCursor, writeCursor } from '../../src/resources/cursor.ts'

test('a cursor leads back to the id that it was made from', () => {
  fc.assert(fc.property(fc.uuid(), (id) => readCursor(writeCursor(id)) === id))
})

test('a cursor needs no escaping in a URL', () => {
  fc.assert(fc.property(fc.uuid(), (id) => encodeURIComponent(writeCursor(id)) === writeCursor(id)))
})

test('a text stands for an id only if the id is written as that very text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]{22}$/)), (text) => {
      const id = readOrRefuse(text)
      expect(id === undefined || writeCursor(id) === text).toBe(true)
    }),
  )
})

test.each(['', 'abc', 'AAAAAAAAAAAAAAAAAAAAAB', 'AAAAAAAAAAAAAAAAAAAAA+', '019ab8c4-fbff-7b3b-8f9f-c75673541bec'])(
  '"%s" is refused',
  (text) => {
    expect(() => readCursor(text)).toThrow('The cursor is not from a page')
  },
)

function readOrRefuse(text: string): string | undefined {
  try {
    return readCursor(text)
  } catch (error) {
    expect(error).toMatchObject({ status: 400 })
    return undefined
  }
}
