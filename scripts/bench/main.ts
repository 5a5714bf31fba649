// `npm run bench` measures the service beside others on this machine, in one run, and prints what it found as Markdown:
// only ratios within a run mean something. `-- --quick` shortens everything, which shows that it works and not much
// more, and `-- --only todos` (or service) measures one part. A budget that is missed is a finding, and exits 0; a log
// line that is lost is a defect, and exits 1.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Results, ServiceResults } from './budgets.ts'
import { hasKeyFilter, hasTodos } from './features.ts'
import { writeTodoWorkloads, writeWorkloads } from './load/workloads.ts'
import { describeMachine, leaveServerCore } from './machine.ts'
import { measureColdStarts } from './measurements/cold-start.ts'
import { runInContainer } from './measurements/container.ts'
import { runAtFullSpeed } from './measurements/full-speed.ts'
import { measureKeyFilter } from './measurements/key-filter.ts'
import { compareServers } from './measurements/side-by-side.ts'
import { stallReader } from './measurements/stalled-reader.ts'
import { measureTodos } from './measurements/todos.ts'
import { measureValidation } from './measurements/validation.ts'
import { FULL, type Plan, QUICK } from './plan.ts'
import { renderReport } from './report.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } })
const { only } = values
if (only !== undefined && !['service', 'todos'].includes(only)) throw new Error('--only is service or todos.')
const directory = mkdtempSync(join(tmpdir(), 'bench-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const circumstances = `${values.quick ? 'A quick run, whose figures are rough. ' : ''}${describeMachine()}`
leaveServerCore()
const results = await measure(values.quick ? QUICK : FULL)
console.log(renderReport(results, circumstances))

const { service, todos } = results
const measured = [service?.comparison, service?.fullSpeed, service?.stalledReader, todos]
const defects = measured.flatMap((result) => result?.defects ?? [])
for (const defect of defects) console.error(defect)
if (defects.length > 0) process.exitCode = 1

async function measure(plan: Plan): Promise<Results> {
  return {
    ...(only !== 'todos' && { service: await measureService(plan) }),
    ...(only !== 'service' && hasTodos && { todos: await step('todos', () => measureTodos(plan, directory)) }),
  }
}

async function measureService(plan: Plan): Promise<ServiceResults> {
  const workloads = writeWorkloads(directory)
  return {
    filter: hasKeyFilter ? await step('the key filter in process', () => measureKeyFilter(plan.inProcessMs)) : [],
    validationUs: step('validation in process', () => measureValidation(plan.inProcessMs)),
    comparison: await step('side by side', () => compareServers(workloads, plan, directory)),
    coldStarts: await step('cold starts', () => measureColdStarts(plan, directory)),
    container: await step('in a container', () => runInContainer(workloads, plan, directory)),
    todosContainer: hasTodos
      ? await step('todos in a container', () => runInContainer(writeTodoWorkloads(directory), plan, directory))
      : undefined,
    fullSpeed: await step('at full speed', () => runAtFullSpeed(plan, directory)),
    stalledReader: await step('with a stalled reader', () => stallReader(plan, directory)),
  }
}

function step<Result>(what: string, run: () => Result): Result {
  console.error(`Measuring ${what} …`)
  return run()
}
