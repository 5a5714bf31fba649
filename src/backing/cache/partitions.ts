// Several stores, each with its part of the entries. A function has a generation in every store, so whether an entry is
// valid depends on the store that has it, and on no other: one that is down costs its part of the hits. An invalidation
// goes to all of them, and is retried for each that it did not reach.

import { crc32 } from 'node:zlib'
import type { CachedFunction } from '../../ports/cache.ts'
import { type Args, keyOf } from './key.ts'
import type { Revalidatable } from './levels.ts'

type Part<A extends Args, Result> = CachedFunction<A, Result> & Revalidatable

/** @param parts the function as cached in each of the stores; at least one */
export function joinPartitions<A extends Args, Result>(scope: string, parts: Part<A, Result>[]): Part<A, Result> {
  if (parts.length === 1) return parts[0]!
  // A key never moves to another store, which may have an older entry of it.
  const partOf = (args: A) => parts[crc32(keyOf(scope, args)) % parts.length]!
  return Object.assign((...args: A) => partOf(args)(...args), {
    forget: async () => void (await Promise.all(parts.map((part) => part.forget()))),
    revalidate: () => {
      for (const part of parts) part.revalidate()
    },
  })
}
