// Compares with JSON.parse. FUZZ_RUNS=300000 sets the runs of each property; it needs --testTimeout=600000.

import { isUtf8 } from 'node:buffer'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { filterKeys } from '../../../src/features/key-filter/filter.ts'
import { JsonSyntaxError } from '../../../src/features/key-filter/json-syntax-error.ts'
import { anyDamagedObject, anyObject, anyValue, type SpelledMember } from './json-arbitraries.ts'

const numRuns = Number(process.env.FUZZ_RUNS ?? 1500)
const check = <T>(given: fc.Arbitrary<T>, holds: (value: T) => boolean) =>
  fc.assert(fc.property(given, holds), { numRuns })

test('the members of any object come back as they are spelled', () => {
  check(anyObject, ({ members, text }) => filterKeys(Buffer.from(text)).toString() === spelledResult(members))
})

test('any value is refused unless it is an object', () => {
  check(anyValue, (text) => isDeepStrictEqual(outcome(Buffer.from(text)), expectedOutcome(Buffer.from(text))))
})

test('damaged objects are accepted or refused as by JSON.parse', () => {
  check(anyDamagedObject, (body) => isDeepStrictEqual(outcome(body), expectedOutcome(body)))
})

test('an object cut short is refused at its end', () => {
  check(fc.tuple(anyObject, fc.nat()), ([{ text }, at]) => {
    const characters = [...text]
    const start = characters.slice(0, at % characters.length).join('')
    return complaint(Buffer.from(start))?.offset === Buffer.byteLength(start)
  })
})

test('the position of an error is that of a character or of the end', () => {
  check(anyDamagedObject, (body) => {
    const error = complaint(body)
    if (!error || !isUtf8(body)) return true
    const lines = body.toString('utf8', 0, error.offset).split('\n')
    return (
      isUtf8(body.subarray(error.offset)) &&
      error.line === lines.length &&
      error.column === [...lines.at(-1)!].length + 1
    )
  })
})

test('a body that is not UTF-8 is refused at its first broken character', () => {
  check(anyDamagedObject, (body) => {
    if (isUtf8(body)) return true
    const { offset } = complaint(body)!
    const longer = [1, 2, 3, 4].map((more) => body.subarray(0, offset + more))
    return isUtf8(body.subarray(0, offset)) && !longer.some(isUtf8)
  })
})

function spelledResult(members: SpelledMember[]): string {
  const wanted = new Map<string, string>()
  for (const { key, text } of members) if (/^a/i.test(JSON.parse(key))) wanted.set(JSON.parse(key), text)
  return `{${[...wanted.values()].join(',')}}`
}

/** The entries that are kept, or nothing if the body is refused. */
function outcome(body: Buffer): [string, unknown][] | undefined {
  try {
    return Object.entries(JSON.parse(filterKeys(body).toString()))
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    return undefined
  }
}

function expectedOutcome(body: Buffer): [string, unknown][] | undefined {
  const text = body.toString()
  if (!Buffer.from(text).equals(body)) return undefined
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value).filter(([key]) => /^a/i.test(key))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function complaint(body: Buffer): JsonSyntaxError | undefined {
  try {
    filterKeys(body)
    return undefined
  } catch (error) {
    expect(error).toBeInstanceOf(JsonSyntaxError)
    return error as JsonSyntaxError
  }
}
