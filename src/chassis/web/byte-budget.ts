// An amount of memory that all clients share, in bytes.

export interface ByteBudget {
  /** @returns whether the bytes were left; if not, none is taken */
  take(bytes: number): boolean
  release(bytes: number): void
}

export function createByteBudget(size: number): ByteBudget {
  let left = size
  return {
    take(bytes) {
      if (bytes > left) return false
      left -= bytes
      return true
    },
    release(bytes) {
      left += bytes
    },
  }
}
