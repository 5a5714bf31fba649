// Bodies of JSON in any size.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns the path of a file with a body of exactly this many bytes */
export function createBodyFile(directory: string, bytes: number): string {
  const file = join(directory, `body-${bytes}.json`)
  writeFileSync(file, createBody(bytes))
  return file
}

const WORDS = ['account', 'balance', 'city', 'amount', 'date', 'email', 'Active', 'flags']

const VALUES = [
  1234567,
  -12.5,
  'a sentence of some words, with “quotes” and a line\n',
  true,
  null,
  [1, 2, 3, 5, 8, 13],
  { street: 'Długa 7', postcode: '00-238', country: 'PL', tags: ['home', 'invoice'] },
].map((value) => JSON.stringify(value))

/** An object of exactly this many bytes, with values of every kind; three keys of eight begin with "a" or "A". */
export function createBody(bytes: number): Buffer {
  const members: string[] = []
  const padding = (length: number) => `"padding":"${'x'.repeat(length)}"`
  let left = bytes - Buffer.byteLength(`{${padding(0)}}`)
  for (let n = 0; ; n++) {
    const member = `"${WORDS[n % WORDS.length]}${n}":${VALUES[n % VALUES.length]}`
    const length = Buffer.byteLength(`${member},`)
    if (length > left) break
    members.push(member)
    left -= length
  }
  return Buffer.from(`{${[...members, padding(left)].join()}}`)
}
