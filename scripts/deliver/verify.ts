// `BASE_URL=https://… node scripts/deliver/verify.ts <version> <commit> [seconds]`: waits until /info tells this
// release several times in a row, for there are several instances behind an address. An empty version or commit is any.

import { setTimeout as delay } from 'node:timers/promises'

const ANSWERS_IN_A_ROW = 6
const PAUSE_MS = 250
const ANSWER_MS = 5000

export interface Expected {
  version: string
  commit: string
  patienceMs: number
}

interface Told {
  version?: string
  commit?: string
  /** What came instead of a release. */
  trouble?: string
}

/** @throws {Error} with what it was told last, where patience has ended and the answer is another */
export async function verifyRelease(url: string, { version, commit, patienceMs }: Expected): Promise<void> {
  const endMs = performance.now() + patienceMs
  for (let row = 0; row < ANSWERS_IN_A_ROW; ) {
    const told = await readRelease(url)
    const isExpected = !told.trouble && (!version || told.version === version) && (!commit || told.commit === commit)
    row = isExpected ? row + 1 : 0
    if (!isExpected && performance.now() > endMs) throw new Error(storyOf(url, `${version} ${commit}`, told))
    if (!isExpected) await delay(PAUSE_MS)
  }
}

async function readRelease(url: string): Promise<Told> {
  try {
    // Each on a connection of its own, so that routers spread them.
    const headers = { connection: 'close' }
    const answer = await fetch(`${url}/info`, { headers, signal: AbortSignal.timeout(ANSWER_MS) })
    return answer.ok ? ((await answer.json()) as Told) : { trouble: `status ${answer.status}` }
  } catch (error) {
    const { cause, message } = error as Error
    return { trouble: (cause as Error | undefined)?.message || message }
  }
}

const storyOf = (url: string, expected: string, { version, commit, trouble }: Told) =>
  `${url}/info should tell ${expected}, and its last answer is ${trouble ?? `${version} ${commit}`}.`

if (import.meta.main) {
  const [version = '', commit = '', seconds = '60'] = process.argv.slice(2)
  const url = (process.env.BASE_URL ?? '').replace(/\/+$/, '')
  try {
    await verifyRelease(url, { version, commit, patienceMs: Number(seconds) * 1000 })
    console.log(`${url} serves ${[version, commit].filter(Boolean).join(' ') || 'a release'}.`)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
