// `BASE_URL=https://… node scripts/deliver/verify.ts <version> <commit> [seconds]`: waits until /info names
// this release several times in a row, since several instances answer at an address. Empty means any version or commit.

import { setTimeout as delay } from 'node:timers/promises'

const ANSWERS_IN_A_ROW = 6
const RETRY_MS = 250
const ANSWER_MS = 5000

export interface Expected {
  version: string
  commit: string
  patienceMs: number
}

interface Answer {
  version?: string
  commit?: string
  /** What was answered instead of a release. */
  failure?: string
}

/** @throws {Error} with the last answer, where it is another one after the time allowed */
export async function verifyRelease(url: string, { version, commit, patienceMs }: Expected): Promise<void> {
  const endMs = performance.now() + patienceMs
  for (let row = 0; row < ANSWERS_IN_A_ROW; ) {
    const answer = await readRelease(url)
    const isExpected =
      !answer.failure && (!version || answer.version === version) && (!commit || answer.commit === commit)
    row = isExpected ? row + 1 : 0
    if (!isExpected && performance.now() > endMs) throw new Error(describeMismatch(url, `${version} ${commit}`, answer))
    if (!isExpected) await delay(RETRY_MS)
  }
}

async function readRelease(url: string): Promise<Answer> {
  try {
    // Each on a connection of its own, so that routers spread them.
    const headers = { connection: 'close' }
    const answer = await fetch(`${url}/info`, { headers, signal: AbortSignal.timeout(ANSWER_MS) })
    return answer.ok ? ((await answer.json()) as Answer) : { failure: `status ${answer.status}` }
  } catch (error) {
    const { cause, message } = error as Error
    return { failure: (cause as Error | undefined)?.message || message }
  }
}

const describeMismatch = (url: string, expected: string, { version, commit, failure }: Answer) =>
  `${url}/info should answer ${expected}, and its last answer is ${failure ?? `${version} ${commit}`}.`

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
