// `npm run bench`: measures the service beside others on this machine in one run, and prints the result as Markdown.
// Only ratios within a run are meaningful. A missed budget is a finding, and exits with 0; a lost log line is a defect,
// and exits with 1.

import { runScript, UsageError } from '../command-line.ts'
import { openScratchFolder } from '../scratch-folder.ts'
import type { Results, ServiceResults } from './budgets.ts'
import {
  type Bench,
  type FeatureBenchmark,
  type FeatureResult,
  LIVENESS,
  readFeatureBenchmarks,
} from './feature-benchmark.ts'
import { describeMachine, leaveServerCore } from './machine.ts'
import { measureColdStarts } from './measurements/cold-start.ts'
import { runInContainer } from './measurements/container.ts'
import { runAtFullSpeed } from './measurements/full-speed.ts'
import { compareServers } from './measurements/side-by-side.ts'
import { stallReader } from './measurements/stalled-reader.ts'
import { measureValidation } from './measurements/validation.ts'
import { FULL, QUICK } from './plan.ts'
import { renderReport } from './report.ts'

const commandLine = {
  command: 'npm run bench',
  usage: '-- [options]',
  summary: 'Measures the service beside others on this machine, and prints a report in Markdown. It takes ten minutes.',
  options: {
    quick: { type: 'boolean', help: 'shorten everything: it shows that all of it works, and rough figures' },
    only: { type: 'string', value: '<part>', help: 'measure one part: service, or a feature' },
  },
  examples: ['npm run bench', 'npm run bench -- --quick --only service'],
} as const

await runScript(commandLine, async ({ values: { quick = false, only } }) => {
  const benchmarks = await readFeatureBenchmarks()
  const measured = Object.entries(benchmarks).filter(([, { measure }]) => measure)
  const parts = ['service', ...measured.map(([name]) => name)]
  if (only !== undefined && !parts.includes(only)) throw new UsageError(`--only takes one of ${parts.join(', ')}.`)

  const circumstances = `${quick ? 'A quick run, whose figures are rough. ' : ''}${describeMachine()}`
  leaveServerCore()
  using scratch = openScratchFolder('bench-')
  const bench = createBench(benchmarks, quick, scratch.path)
  const results: Results = { features: {} }
  if (!only || only === 'service') results.service = await measureService(bench, benchmarks)
  for (const [name, { measure }] of measured) {
    if (!only || only === name) results.features[name] = await step(name, () => measure!(bench))
  }
  console.log(renderReport(results, circumstances))
  reportDefects(results)
})

function createBench(benchmarks: Record<string, FeatureBenchmark>, quick: boolean, directory: string): Bench {
  const all = Object.values(benchmarks)
  const { path, body } = all.find(({ baseline }) => baseline)?.baseline ?? LIVENESS
  const contest = all.find(({ contest }) => contest)?.contest
  return {
    plan: quick ? QUICK : FULL,
    directory,
    baseline: { name: 'GET', path, connections: 64 },
    contest,
    rivalEnv: {
      GET_PATH: path,
      GET_BODY: body,
      ...(contest && { POST_PATH: contest.path, POST_MODULE: contest.rivalModule.href }),
    },
  }
}

async function measureService(bench: Bench, benchmarks: Record<string, FeatureBenchmark>): Promise<ServiceResults> {
  const { contest, baseline, directory } = bench
  const workloads = [baseline, ...(contest?.workloads(directory) ?? [])]
  return {
    contest,
    validationUs: await step('validation in process', () => measureValidation(bench.plan.inProcessMs)),
    comparison: await step('side by side', () => compareServers(workloads, bench)),
    coldStarts: await step('cold starts', () => measureColdStarts(bench)),
    containers: {
      'the workloads above': await step('in a container', () => runInContainer(workloads, bench)),
      ...(await measureContainers(bench, benchmarks)),
    },
    fullSpeed: await step('at full speed', () => runAtFullSpeed(bench)),
    stalledReader: await step('with a stalled reader', () => stallReader(bench)),
  }
}

async function measureContainers(bench: Bench, benchmarks: Record<string, FeatureBenchmark>) {
  const containers: ServiceResults['containers'] = {}
  for (const [name, { containerWorkloads }] of Object.entries(benchmarks)) {
    const workloads = containerWorkloads?.(bench.directory)
    if (workloads) containers[name] = await step(`${name} in a container`, () => runInContainer(workloads, bench))
  }
  return containers
}

function step<Result>(what: string, run: () => Result): Result {
  console.error(`Measuring ${what} …`)
  return run()
}

function reportDefects({ service, features }: Results) {
  const ofService = [service?.comparison, service?.fullSpeed, service?.stalledReader]
  const ofFeatures: FeatureResult[] = Object.values(features)
  const defects = [...ofService, ...ofFeatures].flatMap((result) => result?.defects ?? [])
  for (const defect of defects) console.error(defect)
  if (defects.length > 0) process.exitCode = 1
}
