// What a feature adds to the benchmark, in features/<its name>/index.ts. It is deleted together with the feature.

import { existsSync, globSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Workload } from './load/workload.ts'
import type { Comparison } from './measurements/side-by-side.ts'
import type { Plan } from './plan.ts'
import type { Verdict } from './verdicts.ts'

export interface FeatureBenchmark {
  /** The cheapest GET of the service, and what the rivals answer to it. */
  baseline?: Baseline
  /** Of one feature at most, since the rivals answer one kind of POST. */
  contest?: Contest
  /** Requests that a container of the manifest's size has to survive. */
  containerWorkloads?(directory: string): Workload[]
  /** What is measured for this feature alone. */
  measure?(bench: Bench): Promise<FeatureResult>
}

export interface Baseline {
  path: string
  body: string
}

/** POST requests that the rivals can answer as well. */
export interface Contest {
  path: string
  workloads(directory: string): Workload[]
  /** A module whose `transform` makes the answer of a rival from the parsed body. */
  rivalModule: URL
  judge(comparison: Comparison): Verdict[]
}

export interface FeatureResult {
  /** Markdown by title. */
  sections: Record<string, string>
  verdicts: Verdict[]
  defects: string[]
}

/** What every measurement needs. */
export interface Bench {
  plan: Plan
  /** For everything temporary. */
  directory: string
  baseline: Workload
  contest: Contest | undefined
  /** The environment in which a rival answers as the service does. */
  rivalEnv: NodeJS.ProcessEnv
}

/** Liveness costs as little as the cheapest GET of a feature. */
export const LIVENESS: Baseline = { path: '/health/live', body: 'ok' }

/** By the names of the features. */
export async function readFeatureBenchmarks(): Promise<Record<string, FeatureBenchmark>> {
  const folder = new URL('./features/', import.meta.url)
  const names = globSync('*/index.ts', { cwd: fileURLToPath(folder) })
    .map(dirname)
    .sort()
  const present = names.filter((name) => existsSync(new URL(`../../src/features/${name}`, import.meta.url)))
  const modules = present.map(async (name) => [name, (await import(`${folder}${name}/index.ts`)).default] as const)
  return Object.fromEntries(await Promise.all(modules))
}
