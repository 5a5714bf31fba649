// Factor IX, disposability: the time from the start of a process to its first answer, and its size then.

import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { CONTENDERS } from '../contenders.ts'
import type { Bench } from '../feature-benchmark.ts'
import { SERVICE, startServer } from '../server-process.ts'
import { median } from '../statistics.ts'

export interface ColdStart {
  firstAnswerMs: number
  rssMb: number
}

export interface ColdStarts {
  raw: ColdStart
  /** With the compile cache that an earlier process has left. */
  ours: ColdStart
  /** With an empty compile cache, as at the very first start. */
  oursAtFirst: ColdStart
}

export async function measureColdStarts(bench: Bench): Promise<ColdStarts> {
  const { directory, plan } = bench
  const startOnce = createStart(bench)
  const fresh = () => mkdtempSync(join(directory, 'first-start-'))
  const warm = fresh()
  await startOnce(SERVICE, warm)

  const rounds: ColdStarts[] = []
  for (let n = 0; n < plan.starts; n++) {
    rounds.push({
      raw: await startOnce(CONTENDERS.raw.program, warm),
      ours: await startOnce(SERVICE, warm),
      oursAtFirst: await startOnce(SERVICE, fresh()),
    })
  }
  const medianOf = (kind: keyof ColdStarts) => ({
    firstAnswerMs: median(rounds.map((round) => round[kind].firstAnswerMs)),
    rssMb: median(rounds.map((round) => round[kind].rssMb)),
  })
  return { raw: medianOf('raw'), ours: medianOf('ours'), oursAtFirst: medianOf('oursAtFirst') }
}

function createStart({ baseline, rivalEnv }: Bench) {
  return async function startOnce(program: string, directory: string): Promise<ColdStart> {
    // Rivals answer GET alone here: a module for POST would be loaded for nothing.
    const env = { DRAIN_SECONDS: '0', ...rivalEnv, POST_MODULE: '' }
    await using server = await startServer(program, { directory, env })
    const { status } = await fetch(new URL(baseline.path, server.url))
    const firstAnswerMs = performance.now() - server.startedMs
    if (status !== 200) throw new Error(`The first answer of ${program} was ${status}.`)
    return { firstAnswerMs, rssMb: server.usage().rssMb }
  }
}
