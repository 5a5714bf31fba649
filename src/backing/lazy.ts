// Opens something on first use. After a failure the next call tries again, so that no restart is needed.

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
