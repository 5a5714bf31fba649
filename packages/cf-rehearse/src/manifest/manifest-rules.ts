// The rules of the platform for an application of a manifest (Cloud Controller, API v3). An attribute without a rule is
// a finding, because the platform silently ignores misspelt attributes.

import { platform } from '../platform/platform.ts'
import { throwFinding } from '../report/finding.ts'
import { hasPath } from './contract.ts'
import type { Application, Process } from './manifest.ts'
import { readBytes } from './sizes.ts'

type Rule = (value: unknown, attribute: string) => void

const anything: Rule = () => {}

const oneOf =
  (...values: string[]): Rule =>
  (value, attribute) =>
    requireRule(values.includes(String(value)), attribute, value, `it is one of ${values.join(', ')}`)

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Rule =>
  (value, attribute) => {
    const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most
    requireRule(fits, attribute, value, `it is a whole number from ${least}${most < 1e9 ? ` to ${most}` : ''}`)
  }

const size: Rule = (value, attribute) => void readBytes(attribute, value)

const logRate: Rule = (value, attribute) => {
  if (value !== -1 && value !== 0) readBytes(attribute, value)
}

const list: Rule = (value, attribute) => requireRule(Array.isArray(value), attribute, value, 'it is a list')

const process: Readonly<Record<string, Rule>> = {
  type: anything,
  command: anything,
  user: anything,
  memory: size,
  disk_quota: size,
  instances: whole(0),
  'log-rate-limit-per-second': logRate,
  timeout: whole(1, platform.maxStartTimeoutSeconds),
  'health-check-type': oneOf('http', 'port', 'process'),
  'health-check-http-endpoint': anything,
  'health-check-invocation-timeout': whole(1),
  'health-check-interval': whole(1),
  'readiness-health-check-type': oneOf('http', 'port', 'process'),
  'readiness-health-check-http-endpoint': anything,
  'readiness-health-check-invocation-timeout': whole(1),
  'readiness-health-check-interval': whole(1),
}

const application: Readonly<Record<string, Rule>> = {
  ...process,
  name: anything,
  buildpacks: list,
  stack: anything,
  env: checkEnvironment,
  features: anything,
  'no-route': anything,
  'random-route': anything,
  'default-route': anything,
  routes: checkRoutes,
  processes: list,
  services: checkServices,
  sidecars: list,
  metadata: anything,
  path: anything,
  lifecycle: oneOf('buildpack'),
}

export interface Contract {
  /** The name of the file. */
  file: string
  text: string
}

/** @param contract the OpenAPI document, if it is uploaded */
export function checkApplication(app: Application, contract: Contract | undefined) {
  if (!app.name) requireRule(false, 'name', app.name, 'each application has one')
  apply(application, app, `application ${app.name}`)
  checkHealth(app, contract)
  for (const each of app.processes ?? []) {
    apply(process, each, `process ${each.type}`)
    checkHealth(each, contract)
  }
}

function apply(rules: Readonly<Record<string, Rule>>, given: Record<string, unknown>, where: string) {
  for (const [attribute, value] of Object.entries(given)) {
    if (value === null || value === undefined) continue
    const rule =
      rules[attribute] ??
      (() => requireRule(false, attribute, value, `the platform knows no such attribute for the ${where}`))
    rule(value, attribute)
  }
}

function checkHealth(given: Application | Process, contract: Contract | undefined) {
  for (const kind of ['', 'readiness-']) {
    const [type, attribute] = [`${kind}health-check-type`, `${kind}health-check-http-endpoint`]
    const endpoint = given[attribute]
    if (endpoint === undefined) continue
    requireRule(given[type] === 'http', attribute, endpoint, `it has an effect only together with "${type}: http"`)
    requireRule(String(endpoint).startsWith('/'), attribute, endpoint, 'it is a path that begins with a slash')
    if (contract) checkEndpoint(attribute, String(endpoint), contract)
  }
}

function checkEndpoint(attribute: string, endpoint: string, { file, text }: Contract) {
  if (hasPath(text, endpoint)) return
  throwFinding(`${attribute} is ${endpoint}, which ${file} does not describe.`, {
    fact: 'only a response with status 200 counts as healthy.',
    remedy: `Name a path of ${file} that is meant for health checks.`,
  })
}

/** Names that the Cloud Controller reserves. */
const RESERVED = /^(VCAP_|VMC_)|^PORT$/

function checkEnvironment(value: unknown) {
  for (const [name, given] of Object.entries(value as object)) {
    requireRule(/^\w+$/.test(name), `env.${name}`, given, 'a name consists of letters, digits and underscores')
    requireRule(!RESERVED.test(name), `env.${name}`, given, 'VCAP_…, VMC_… and PORT are reserved')
    const bytes = Buffer.byteLength(typeof given === 'object' ? JSON.stringify(given) : String(given))
    requireRule(bytes <= platform.maxVariableBytes, `env.${name}`, `${bytes} bytes`, 'a variable has at most 130 KB')
  }
}

function checkRoutes(value: unknown, attribute: string) {
  list(value, attribute)
  for (const each of value as { route?: unknown }[]) {
    requireRule(
      /^[\w*-]+(\.[\w-]+)+(:\d+)?(\/.*)?$/.test(String(each?.route)),
      'route',
      each?.route,
      'a route has the form host.domain/path',
    )
  }
}

function checkServices(value: unknown, attribute: string) {
  list(value, attribute)
  for (const each of value as (string | { name?: string; binding_name?: string })[]) {
    const { name, binding_name = 'none' } = typeof each === 'string' ? { name: each } : each
    requireRule(typeof name === 'string' && name !== '', 'services', each, 'a service is a name or has one')
    requireRule(
      /^[\w.-]+$/.test(binding_name),
      'binding_name',
      binding_name,
      'it consists of letters, digits, hyphens, underscores and dots',
    )
  }
}

function requireRule(holds: boolean, attribute: string, value: unknown, fact: string) {
  if (holds) return
  throwFinding(`${attribute} is ${JSON.stringify(value)}.`, { fact, remedy: `Correct "${attribute}" in the manifest.` })
}
