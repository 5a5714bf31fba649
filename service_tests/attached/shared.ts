// What all tests of a file use together, because they don't break it.

import { afterAll } from 'vitest'

/** Opened by the first who asks, and closed after the last test of the file. */
export function shared<Opened extends AsyncDisposable>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opening: Promise<Opened> | undefined
  afterAll(async () => (await opening)?.[Symbol.asyncDispose]())
  return () => (opening ??= open())
}
