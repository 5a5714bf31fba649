// Every contender gets every workload, interleaved round by round, so that other load on the machine affects all of
// them alike.

import { setTimeout as sleep } from 'node:timers/promises'
import { CONTENDERS, type Contender, type ContenderName } from '../contenders.ts'
import type { Bench } from '../feature-benchmark.ts'
import { checkLedger } from '../ledger.ts'
import { type LoadResult, load } from '../load/load.ts'
import type { Workload } from '../load/workload.ts'
import type { Plan } from '../plan.ts'
import { type ServerProcess, startWarm } from '../server-process.ts'
import { median } from '../statistics.ts'

/** How a contender did under a workload: medians over the rounds, but for what is compared round by round. */
export interface Standing {
  requestsPerSecond: number[]
  cpuUs: number
  p50Ms: number
  /** The largest so far: workloads come in order of size, and a process seldom gives memory back. */
  peakRssMb: number
}

export interface Comparison {
  /** By contender and by the workload's name. */
  standings: Record<ContenderName, Record<string, Standing>>
  defects: string[]
}

type Sample = Record<'requestsPerSecond' | 'cpuUs' | 'p50Ms' | 'peakRssMb', number>

interface Racer extends Contender {
  name: ContenderName
  server: ServerProcess
  /** Every load that the server has had, for the ledger. */
  loads: LoadResult[]
}

export async function compareServers(workloads: Workload[], bench: Bench): Promise<Comparison> {
  const { plan, directory, rivalEnv } = bench
  await using servers = new AsyncDisposableStack()
  const racers: Racer[] = []
  for (const [name, contender] of Object.entries(CONTENDERS)) {
    const server = servers.use(
      await startWarm(contender.program, { directory, env: { DRAIN_SECONDS: '0', ...rivalEnv } }),
    )
    racers.push({ ...contender, name: name as ContenderName, server, loads: [] })
  }

  const standings = Object.fromEntries(racers.map(({ name }) => [name, {}])) as Comparison['standings']
  for (const workload of workloads) {
    const samples = await race(racers, workload, plan)
    for (const { name } of racers) standings[name][workload.name] = summarise(samples.get(name)!)
  }

  const dutiful = racers.filter(({ duties }) => duties)
  const defects = await Promise.all(dutiful.map(({ title, server, loads }) => checkLedger(title, server, loads)))
  return { standings, defects: defects.flat() }
}

/** The first round warms up, and doesn't count. */
async function race(racers: Racer[], workload: Workload, { rounds, roundSeconds }: Plan) {
  const samples = new Map(racers.map(({ name }): [ContenderName, Sample[]] => [name, []]))
  for (let round = 0; round <= rounds; round++) {
    for (const racer of racers) {
      const sample = await runOnce(racer, workload, roundSeconds)
      if (round > 0) samples.get(racer.name)!.push(sample)
    }
  }
  return samples
}

async function runOnce({ title, server, loads }: Racer, workload: Workload, seconds: number): Promise<Sample> {
  const before = server.usage()
  const result = await load(server.url, workload, seconds)
  const { cpuSeconds, peakRssMb } = server.usage()
  if (!server.alive()) throw new Error(`${title} ended under the workload ${workload.name}.`)
  loads.push(result)
  await untilIdle(server)
  return {
    requestsPerSecond: result.answered / result.seconds,
    cpuUs: ((cpuSeconds - before.cpuSeconds) / result.answered) * 1e6,
    p50Ms: result.p50Ms,
    peakRssMb,
  }
}

/** A server may still be busy with requests that the generator has given up, at the expense of the next contender. */
async function untilIdle(server: ServerProcess) {
  let before: number
  do {
    before = server.usage().cpuSeconds
    await sleep(50)
  } while (server.usage().cpuSeconds > before)
}

function summarise(samples: Sample[]): Standing {
  return {
    requestsPerSecond: samples.map(({ requestsPerSecond }) => requestsPerSecond),
    cpuUs: median(samples.map(({ cpuUs }) => cpuUs)),
    p50Ms: median(samples.map(({ p50Ms }) => p50Ms)),
    peakRssMb: samples.at(-1)!.peakRssMb,
  }
}

interface Duel {
  rival: ContenderName
  workload: string
}

/** The throughput of a contender divided by that of a rival: the median of the ratios in each round. */
export function ratio({ standings }: Comparison, name: ContenderName, { rival, workload }: Duel): number {
  const theirs = standings[rival][workload]!.requestsPerSecond
  return median(standings[name][workload]!.requestsPerSecond.map((ours, round) => ours / theirs[round]!))
}
