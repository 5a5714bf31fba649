// Step "manifest": which processes the platform would start, by the manifest and the Procfile.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Options } from '../cli/options.ts'
import type { Settings } from '../cli/settings.ts'
import { platform } from '../platform/platform.ts'
import type { Note, Reporter } from '../report/reporter.ts'
import type { Selection } from '../upload/select-files.ts'
import { planTraffic, type Traffic } from './contract.ts'
import { type Application, type Process, readApplications } from './manifest.ts'
import { checkApplication } from './manifest-rules.ts'
import { checkCommand, checkProcesses, type Procfile, readProcfile } from './procfile.ts'
import { readMb } from './sizes.ts'

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
  traffic: Traffic
}

export interface PlanOptions {
  options: Options
  settings: Settings
  reporter: Reporter
  note: Note
}

export function planPush(selection: Selection, { options, settings, reporter, note }: PlanOptions): PushPlan {
  const app = chooseApplication(selection.from, options, reporter)
  const contract = readUploaded(selection, settings.contract)
  const procfile = readProcfile(readUploaded(selection, 'Procfile') ?? '{}')
  checkApplication(app, contract === undefined ? undefined : { file: settings.contract, text: contract })
  checkProcesses(procfile, app)

  const types = new Set(['web', ...Object.keys(procfile), ...(app.processes ?? []).map(({ type }) => type)])
  const processes = [...types].map((type) => planProcess(type, app, procfile))
  for (const { type, command } of processes) checkCommand(type, command, selection.files)
  if (app.sidecars) reporter.leaveOut('sidecars: they are not started')
  if (!app.buildpacks?.some((buildpack) => /nodejs/.test(buildpack))) {
    reporter.warn('The manifest does not name nodejs_buildpack, so the platform tries all of its buildpacks in turn.')
  }

  const started = processes.map(({ type, instances, memoryMb }) => `${instances} × ${type} with ${memoryMb} MB`)
  note(`${app.name}: ${started.join(', ')}`)
  const env = (app.env ?? {}) as Record<string, string>
  const livePath = processes.find(({ type }) => type === 'web')?.attributes['health-check-http-endpoint'] ?? '/'
  const paths = [String(livePath), ...settings.paths]
  return { app, env, processes, traffic: planTraffic(contract, { ...settings, paths }) }
}

function chooseApplication(from: string, options: Options, reporter: Reporter): Application {
  const applications = readApplications(from, options.manifest, options, reporter.warn)
  const chosen = applications.find(({ name }) => name === options.app) ?? applications[0]!
  for (const app of applications) if (app !== chosen) reporter.leaveOut(`the application ${app.name}; see --app`)
  return chosen
}

/** @returns undefined if the file is not uploaded */
function readUploaded({ from, files }: Selection, file: string): string | undefined {
  return files.includes(file) ? readFileSync(join(from, file), 'utf8') : undefined
}

/** Attributes of the application apply to "web", unless the manifest lists a process of this type with its own. */
function planProcess(type: string, app: Application, procfile: Procfile): ProcessPlan {
  const { processes = [], name: _, env: __, services: ___, ...ofApplication } = app
  const ofProcess = processes.find((process) => process.type === type)
  const attributes = { ...(type === 'web' && ofApplication), ...ofProcess, type } as Process
  return {
    type,
    command: attributes.command ?? procfile[type] ?? '',
    instances: attributes.instances ?? (type === 'web' ? 1 : 0),
    memoryMb: readMb('memory', attributes.memory ?? `${platform.memoryMb}M`),
    diskMb: readMb('disk_quota', attributes.disk_quota ?? `${platform.diskMb}M`),
    attributes,
  }
}
