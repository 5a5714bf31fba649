// What is delivered, and with which settings: read from package.json, Procfile and deploy/.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { readText } from '../change/text-files.ts'
import type { Options } from './options.ts'

export interface Delivery extends Options {
  app: string
  url: string
  version: string
  commit: string
  /** The variables of the manifest. */
  varsFile: string
  memory: string
  migrate: string
  services: Service[]
}

export interface Service {
  name: string
  /** The line of deploy/services.sh that creates it. */
  create: string | undefined
}

interface Application {
  name: string
  memory: string
  routes?: { route: string }[]
  services?: (string | { name: string })[]
}

export const MANIFEST = 'deploy/manifest.yml'

/** Long enough to stay unique for decades, and short enough for every log line. */
export function readCommit(root: string): string {
  return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim()
}

/** @throws {Error} where a file lacks what is needed */
export function readDelivery(root: string, commit: string, options: Options): Delivery {
  const varsFile = `deploy/${options.target}.vars.yml`
  if (!existsSync(join(root, varsFile)))
    throw new Error(`There is no target "${options.target}": ${varsFile} is missing.`)

  const read = (file: string) => readText(join(root, file))
  const { version } = JSON.parse(read('package.json'))
  const variables = { ...(load(read(varsFile)) as object), version, commit }
  const application = readApplication(read(MANIFEST), variables)
  return {
    ...options,
    app: application.name,
    url: options.url ?? `https://${firstRoute(application)}`,
    version,
    commit,
    varsFile,
    memory: application.memory,
    migrate: migrationOf(read('Procfile')),
    services: servicesOf(application, read('deploy/services.sh')),
  }
}

function readApplication(manifest: string, variables: Record<string, unknown>): Application {
  const complete = manifest.replace(/\(\(([\w-]+)\)\)/g, (_, name: string) => {
    if (!Object.hasOwn(variables, name)) throw new Error(`${MANIFEST} has a variable "${name}" without a value.`)
    return String(variables[name])
  })
  const { applications } = load(complete) as { applications: Application[] }
  const [application, ...more] = applications
  if (!application || more.length > 0) throw new Error(`${MANIFEST} has to describe exactly one app.`)
  return application
}

function firstRoute({ routes }: Application): string {
  if (!routes?.[0]) throw new Error(`${MANIFEST} has no route. Use --url.`)
  return routes[0].route
}

function migrationOf(procfile: string): string {
  const command = procfile.match(/^migrate: *(.+)$/m)?.[1]
  if (!command) throw new Error('The Procfile has no process type "migrate".')
  return command
}

function servicesOf({ name: app, services = [] }: Application, script: string): Service[] {
  const lines = script.split('\n').filter((line) => /^(?:\[.*\|\| )?cf create-/.test(line))
  return services.map((service) => {
    const name = typeof service === 'string' ? service : service.name
    const create = lines.find((line) => line.replaceAll('$APP', app).includes(`"${name}"`))
    return { name, create: create?.replace(/^\[.*?\|\| /, '').replaceAll('"$APP', `"${app}`) }
  })
}
