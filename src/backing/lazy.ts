// Opens something on first use. A failed attempt is not remembered, so the next call tries again and no restart is needed.

export function lazy<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opening: Promise<Value> | undefined
  return function openOnce() {
    opening ??= open().catch((error) => {
      opening = undefined
      throw error
    })
    return opening
  }
}
