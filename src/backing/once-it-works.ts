// Opens something when it is first asked for. What failed is tried anew at the next call, so that no restart is needed.

export function onceItWorks<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opening: Promise<Value> | undefined
  return function openOnce() {
    opening ??= open().catch((error) => {
      opening = undefined
      throw error
    })
    return opening
  }
}
