// What the service may cost, and whether it keeps to that.

import type { ContenderName } from './contenders.ts'
import type { Contest, FeatureResult } from './feature-benchmark.ts'
import type { ColdStarts } from './measurements/cold-start.ts'
import type { Container } from './measurements/container.ts'
import type { FullSpeed } from './measurements/full-speed.ts'
import { type Comparison, ratio } from './measurements/side-by-side.ts'
import type { StalledReader } from './measurements/stalled-reader.ts'
import { atLeast, atMost, below, type Verdict } from './verdicts.ts'

export interface Results {
  service?: ServiceResults
  /** By the names of the features. */
  features: Record<string, FeatureResult>
}

export interface ServiceResults {
  comparison: Comparison
  contest: Contest | undefined
  coldStarts: ColdStarts
  fullSpeed: FullSpeed
  /** By what the container was loaded with. */
  containers: Record<string, Container | undefined>
  stalledReader: StalledReader
  validationUs: number
}

/** In the order of their numbers. */
export function judge({ service, features }: Results): Verdict[] {
  const ofFeatures = Object.values(features).flatMap(({ verdicts }) => verdicts)
  const verdicts = [...(service ? judgeService(service) : []), ...ofFeatures]
  return verdicts.toSorted((a, b) => Number.parseInt(a.budget, 10) - Number.parseInt(b.budget, 10))
}

function judgeService(results: ServiceResults): Verdict[] {
  return [
    ...judgeSpeed(results.comparison),
    ...(results.contest?.judge(results.comparison) ?? []),
    ...judgeSize(results),
    ...judgeStart(results.coldStarts),
    judgeStalledReader(results.stalledReader),
    atMost('6. validation by the contract', results.validationUs, { limit: 5, unit: 'µs a request' }),
  ]
}

function judgeSpeed(comparison: Comparison): Verdict[] {
  const times = (rival: ContenderName, workload: string) => ratio(comparison, 'ours', { rival, workload })
  return [
    atLeast('1. GET, × bare Express 5', times('expressBare', 'GET'), 1.3),
    atLeast('1. GET, × raw node:http with equal duties', times('rawWithDuties', 'GET'), 0.9),
    atLeast('1. GET, × tuned Fastify 5 with equal duties', times('fastifyWithDuties', 'GET'), 1.2),
  ]
}

function judgeSize({ fullSpeed, containers }: ServiceResults): Verdict[] {
  return [
    below('3. peak RSS at full speed', fullSpeed.peakRssMb, 100),
    {
      budget: '3. every request logged and counted exactly once',
      measured:
        fullSpeed.defects.length === 0 ? `${fullSpeed.requests} requests, none lost or doubled` : 'no, see below',
      met: fullSpeed.defects.length === 0,
    },
    ...Object.entries(containers).map(([load, container]) => judgeContainer(load, container)),
  ]
}

const judgeContainer = (load: string, container: Container | undefined): Verdict => ({
  budget: `3. fits a container of 128 MB: ${load}`,
  measured: container
    ? `peak ${container.peakMb.toFixed(0)} MB, ${container.kills} kills`
    : 'left out: no control groups',
  met: container?.alive && container.kills === 0,
})

function judgeStart({ raw, ours }: ColdStarts): Verdict[] {
  return [
    atMost('4. first answer after the start', ours.firstAnswerMs / raw.firstAnswerMs, { limit: 4, unit: '× raw' }),
    below('4. RSS then', ours.rssMb, 90),
  ]
}

function judgeStalledReader({ peakRssMb, droppedLines, exitCode }: StalledReader): Verdict {
  return {
    budget: '5. stdout is not read: alive, < 128 MB, dropped lines counted, SIGTERM obeyed',
    measured: `${peakRssMb.toFixed(0)} MB, ${droppedLines} lines dropped, exit code ${exitCode}`,
    met: peakRssMb < 128 && droppedLines > 0 && exitCode === 0,
  }
}
