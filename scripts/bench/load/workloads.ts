// What the servers are asked to do: say hello, and filter the keys of bodies of several sizes.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasHello, hasKeyFilter } from '../features.ts'

export interface Workload {
  name: string
  path: string
  /** Kept alive, each with one request at a time. */
  connections: number
  /** The file with the body; without one the request is a GET. */
  bodyFile?: string
}

/** Few connections for large bodies: 64 times 1 MB would not fit the heap of any contender. */
const FILTERS = [
  { name: 'POST 128 B', bytes: 128, connections: 64 },
  { name: 'POST 100 kB', bytes: 100_000, connections: 64 },
  { name: 'POST 1 MB', bytes: 1_000_000, connections: 8 },
]

/** What is asked first of all: the greeting, or else liveness, which costs as little. */
export const HELLO: Workload = { name: 'GET', path: hasHello ? '/' : '/health/live', connections: 64 }

export function writeWorkloads(directory: string): Workload[] {
  const filters = (hasKeyFilter ? FILTERS : []).map(({ name, bytes, connections }) => {
    const bodyFile = join(directory, `body-${bytes}.json`)
    writeFileSync(bodyFile, createBody(bytes))
    return { name, path: '/', connections, bodyFile }
  })
  return [HELLO, ...filters]
}

/** Writing and reading todos by turns, so that the list is also made anew. */
export function writeTodoWorkloads(directory: string): Workload[] {
  const bodyFile = join(directory, 'todo.json')
  writeFileSync(bodyFile, JSON.stringify({ content: 'something to do, and the number of it: 1' }))
  const write = { name: 'one more todo', path: '/todos', connections: 64, bodyFile }
  const read = { name: 'todos', path: '/todos', connections: 64 }
  return [write, read, { ...write, connections: 8 }, { ...read, path: '/todos?limit=100' }]
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
