// The cache port: memory, with Redis, Memcached or files behind it where several processes share results.

/**
 * Wraps a function so that its results are reused for a while, by all instances where a cache is bound. Concurrent calls
 * with equal arguments share one call. A failing cache costs milliseconds and never fails a call. What the function
 * throws is thrown, unless an older result is available.
 */
export interface Cached {
  <Args extends readonly (string | number | boolean | undefined)[], Result>(
    fn: (...args: Args) => Promise<Result>,
    options: CacheOptions,
  ): CachedFunction<Args, Result>
  /**
   * For writes to the feature's database: `const write = cached.writes([page, item])`, and then
   * `await write(() => store.create(order))`.
   *
   * @param functions cached functions whose results such a write makes out of date
   */
  writes(functions: { forget(): Promise<void> }[]): Write
}

/**
 * Runs a write. When it succeeds, the cached functions forget their results before this settles. When it throws, it has
 * changed nothing, so they keep them; unless it throws a 503, which leaves the outcome unknown: then they forget their
 * results once the database is available again.
 */
export type Write = <Result>(operation: () => Promise<Result>) => Promise<Result>

export interface CacheOptions {
  /** Names the function within the feature, in keys and in metrics. */
  name: string
  /**
   * How long a result counts as fresh; 0 caches nothing, and calls the function each time. Jitter: up to 10 % shorter,
   * so that results cached together don't expire together.
   */
  freshSeconds: number
  /** How long after that it is still returned, while the function is called again in the background. */
  staleSeconds?: number
  /** How long an empty result, undefined or null, counts as fresh. As long as any other by default. */
  emptySeconds?: number
}

export interface CachedFunction<Args extends readonly unknown[], Result> {
  /** Results are shared, so they are frozen; they must be JSON values. */
  (...args: Args): Promise<Result>
  /**
   * Invalidates every result of the function: here at once; elsewhere at once where Redis is bound, and within
   * CACHE_MEMORY_SECONDS otherwise. While this process can't reach the shared cache, others see the change when it can,
   * or when their results expire. A call that began earlier does not bring back an invalidated result.
   */
  forget(): Promise<void>
}
