// A function whose results are used again. The path of a hit in memory is short on purpose: most calls take it.
//
// Forgetting gives the function another generation. A result belongs to the generation that was current before the
// function was called, so whatever was slow can't bring back what has been forgotten meanwhile.

import { randomUUID } from 'node:crypto'
import type { CachedFunction, CacheOptions } from '../../ports.ts'
import { createEntry, type Entry } from './entry.ts'
import { type Args, keyOf } from './key.ts'
import type { MemoryLevel } from './memory.ts'
import type { Outcome } from './metrics.ts'
import type { SharedLevel } from './shared-level.ts'

export interface CachedParts {
  /** Names the function among all that share the levels. */
  scope: string
  memory: MemoryLevel
  shared: SharedLevel | undefined
  /** How long memory is believed without asking others. */
  believedMs: number
  counts: Record<Outcome, () => void>
  /** Told of a call that failed in the background. */
  failed(error: unknown): void
  /** Milliseconds since 1970. */
  now: () => number
}

export interface Adopting {
  /** Another process has forgotten. */
  adopt(generation: string): void
}

interface Flight<Result> {
  /** How often had been forgotten when it began. */
  epoch: number
  result: Promise<Result>
}

export function createCached<A extends Args, Result>(
  fn: (...args: A) => Promise<Result>,
  options: CacheOptions,
  { scope, memory, shared, believedMs, counts, failed, now }: CachedParts,
): CachedFunction<A, Result> & Adopting {
  const flights = new Map<string, Flight<Result>>()
  let generation: string = randomUUID()
  let isAgreed = false
  let epoch = 0

  function call(...args: A): Promise<Result> {
    const key = keyOf(scope, args)
    const kept = memory.get(key)
    if (kept === undefined || kept.generation !== generation || now() >= kept.believedUntilMs) return lookUp(key, args)
    return use(kept, key, args) ?? lookUp(key, args)
  }

  /** The result of an entry that has not ended; an old one is replaced in the background. */
  function use(entry: Entry, key: string, args: A): Promise<Result> | undefined {
    const nowMs = now()
    if (nowMs >= entry.staleUntilMs) return undefined
    if (nowMs < entry.freshUntilMs) counts.hit()
    else {
      counts.stale()
      fly(`refresh ${key}`, (flight) => make(flight, key, args)).catch(failed)
    }
    return Promise.resolve(entry.value as Result)
  }

  /** One flight for a key, however many ask. Who comes after something was forgotten takes another. */
  function fly(key: string, begin: (flight: { epoch: number }) => Promise<Result>): Promise<Result> {
    const flying = flights.get(key)
    if (flying?.epoch === epoch) return flying.result
    const flight = { epoch } as Flight<Result>
    flights.set(key, flight)
    flight.result = begin(flight).finally(() => {
      if (flights.get(key) === flight) flights.delete(key)
    })
    return flight.result
  }

  function lookUp(key: string, args: A): Promise<Result> {
    return fly(key, async (flight) => {
      const found = await shared?.read(scope, key, generation)
      if (found && flight.epoch === epoch) agree(found.generation, flight)
      if (found?.entry?.generation === generation) {
        remember(key, found.entry)
        const used = use(found.entry, key, args)
        if (used) return used
      }
      counts.miss()
      return make(flight, key, args)
    })
  }

  /** Takes over what the others agree on. If it is not what we knew, we have missed that they have forgotten. */
  function agree(found: string, flight: { epoch: number }) {
    if (isAgreed && found !== generation) epoch += 1
    flight.epoch = epoch
    generation = found
    isAgreed = true
  }

  async function make(flight: { epoch: number }, key: string, args: A): Promise<Result> {
    const began = generation
    const value = await fn(...args).catch((error) => makeDo(error, key))
    // What has been forgotten meanwhile is for those who asked before, and for nobody else.
    if (flight.epoch !== epoch) return value
    const entry = createEntry(value, began, options, now())
    remember(key, entry)
    await shared?.write(key, entry)
    return value
  }

  /** While the function fails, what is there is better than nothing, though it may not be believed any more. */
  function makeDo(error: unknown, key: string): Result {
    const kept = memory.get(key)
    if (kept === undefined || kept.generation !== generation || now() >= kept.staleUntilMs) throw error
    failed(error)
    return kept.value as Result
  }

  function remember(key: string, entry: Entry) {
    const bytes = key.length + (JSON.stringify(entry.value)?.length ?? 0)
    memory.set(key, { ...entry, believedUntilMs: now() + believedMs }, bytes)
  }

  function change(to: string) {
    generation = to
    epoch += 1
  }

  return Object.assign(call, {
    async forget() {
      change(randomUUID())
      await shared?.replace(scope, generation)
    },
    adopt(replaced: string) {
      if (replaced !== generation) change(replaced)
    },
  })
}
