// Step "manifest", in one piece: what is pushed, and what the platform would start of it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTraffic } from './contract.ts'
import { type Application, type Process, readApplications } from './manifest.ts'
import { checkApplication } from './manifest-rules.ts'
import type { Options } from './options.ts'
import { platform } from './platform.ts'
import { checkCommand, checkProcesses, readProcfile } from './procfile.ts'
import type { Selection } from './select-files.ts'
import { readMb } from './sizes.ts'
import type { Story } from './story.ts'

export interface ProcessPlan {
  type: string
  command: string
  instances: number
  memoryMb: number
  diskMb: number
  attributes: Process
}

export interface PushPlan {
  app: Application
  env: Record<string, string>
  processes: ProcessPlan[]
  /** What is asked again and again while instances come and go. */
  traffic: { gets: string[]; post?: string }
}

export function planPush(
  selection: Selection,
  options: Options,
  story: Story,
  tell: (found: string) => void,
): PushPlan {
  const applications = readApplications(selection.from, options.manifest, options)
  const app = applications.find(({ name }) => name === options.app) ?? applications[0]!
  for (const { name } of applications) if (name !== app.name) story.leaveOut(`the application ${name}; see --app`)

  const read = (file: string) => readFileSync(join(selection.from, file), 'utf8')
  const contract = selection.files.includes('openapi.yaml') ? read('openapi.yaml') : undefined
  const procfile = readProcfile(read('Procfile'))
  checkApplication(app, contract)
  checkProcesses(procfile, app.processes ?? [])

  const processes = Object.keys({ ...procfile, ...byType(app.processes) }).map((type) =>
    planProcess(type, app, procfile),
  )
  for (const { type, command } of processes) checkCommand(type, command, selection.files)
  if (app.sidecars) story.leaveOut('sidecars: they are not started')
  if (!app.buildpacks?.some((buildpack) => /nodejs/.test(buildpack))) {
    story.warn('The manifest does not name nodejs_buildpack: the platform tries all of its buildpacks in turn.')
  }

  const started = processes.map(({ type, instances, memoryMb }) => `${instances} × ${type} with ${memoryMb} MB`)
  tell(`${app.name}: ${started.join(', ')}`)
  const env = Object.fromEntries(Object.entries(app.env ?? {}).map(([name, value]) => [name, asText(value)]))
  const live = processes.find(({ type }) => type === 'web')?.attributes['health-check-http-endpoint']
  return { app, env, processes, traffic: findTraffic(contract, String(live ?? '/')) }
}

const byType = (processes: Process[] = []) => Object.fromEntries(processes.map((process) => [process.type, process]))

/** What stands at the application counts for web, unless a process of that type says otherwise. */
function planProcess(type: string, app: Application, procfile: Record<string, string>): ProcessPlan {
  const { processes, name: _, env: __, services: ___, ...atApplication } = app
  const attributes = { ...(type === 'web' && atApplication), ...byType(processes)[type], type } as Process
  return {
    type,
    command: attributes.command ?? procfile[type] ?? '',
    instances: attributes.instances ?? (type === 'web' ? 1 : 0),
    memoryMb: readMb('memory', attributes.memory ?? `${platform.memoryMb}M`),
    diskMb: readMb('disk_quota', attributes.disk_quota ?? `${platform.diskMb}M`),
    attributes,
  }
}

const asText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))
