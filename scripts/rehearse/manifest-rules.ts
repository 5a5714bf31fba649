// The rules of the platform for an application of a manifest (Cloud Controller, API v3). What has no rule here is refused
// by name: a misspelt attribute would do nothing, silently.

import { openapiHas } from './contract.ts'
import type { Application, Process } from './manifest.ts'
import { platform } from './platform.ts'
import { refuse } from './refusal.ts'
import { readBytes } from './sizes.ts'

type Rule = (value: unknown, attribute: string) => void

const anything: Rule = () => {}

const oneOf =
  (...values: string[]): Rule =>
  (value, attribute) =>
    demand(values.includes(String(value)), attribute, value, `it is one of ${values.join(', ')}`)

const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Rule =>
  (value, attribute) => {
    const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most
    demand(fits, attribute, value, `it is a whole number from ${least}${most < 1e9 ? ` to ${most}` : ''}`)
  }

const size: Rule = (value, attribute) => void readBytes(attribute, value)

const logRate: Rule = (value, attribute) => {
  if (value !== -1 && value !== 0) readBytes(attribute, value)
}

const list: Rule = (value, attribute) => demand(Array.isArray(value), attribute, value, 'it is a list')

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

/** @param contract the text of openapi.yaml, where it is uploaded */
export function checkApplication(app: Application, contract: string | undefined) {
  if (!app.name) demand(false, 'name', app.name, 'each application has one')
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
    const rule = rules[attribute] ?? (() => demand(false, attribute, value, `it is none of an ${where}`))
    rule(value, attribute)
  }
}

function checkHealth(given: Application | Process, contract: string | undefined) {
  for (const kind of ['', 'readiness-']) {
    const [type, attribute] = [`${kind}health-check-type`, `${kind}health-check-http-endpoint`]
    const endpoint = given[attribute]
    if (endpoint === undefined) continue
    demand(given[type] === 'http', attribute, endpoint, `it counts only where "${type}: http" stands beside it`)
    demand(String(endpoint).startsWith('/'), attribute, endpoint, 'it is a path and begins with a slash')
    if (contract) checkEndpoint(attribute, String(endpoint), contract)
  }
}

function checkEndpoint(attribute: string, endpoint: string, contract: string) {
  if (openapiHas(contract, endpoint)) return
  refuse(`${attribute} is ${endpoint}, which openapi.yaml does not have.`, {
    fact: 'only an answer of 200 counts as healthy, and what is not in the contract is answered with 404.',
    remedy: 'Name a path of the contract that is there for it, such as /health/live.',
  })
}

/** The names that the Cloud Controller reserves. */
const RESERVED = /^(VCAP_|VMC_)|^PORT$/

function checkEnvironment(value: unknown) {
  for (const [name, given] of Object.entries(value as object)) {
    demand(/^\w+$/.test(name), `env.${name}`, given, 'a name has letters, digits and underscores')
    demand(!RESERVED.test(name), `env.${name}`, given, 'VCAP_…, VMC_… and PORT are the platform’s')
    const bytes = Buffer.byteLength(typeof given === 'object' ? JSON.stringify(given) : String(given))
    demand(bytes <= platform.maxVariableBytes, `env.${name}`, `${bytes} bytes`, 'a variable may have 130 KB')
  }
}

function checkRoutes(value: unknown, attribute: string) {
  list(value, attribute)
  for (const each of value as { route?: unknown }[]) {
    demand(
      /^[\w*-]+(\.[\w-]+)+(:\d+)?(\/.*)?$/.test(String(each?.route)),
      'route',
      each?.route,
      'it is host.domain/path',
    )
  }
}

function checkServices(value: unknown, attribute: string) {
  list(value, attribute)
  for (const each of value as (string | { name?: string; binding_name?: string })[]) {
    const { name, binding_name = 'none' } = typeof each === 'string' ? { name: each } : each
    demand(typeof name === 'string' && name !== '', 'services', each, 'each is a name, or has one')
    demand(/^[\w.-]+$/.test(binding_name), 'binding_name', binding_name, 'it has letters, digits and -_.')
  }
}

function demand(holds: boolean, attribute: string, value: unknown, fact: string) {
  if (holds) return
  refuse(`${attribute} is ${JSON.stringify(value)}.`, { fact, remedy: `Correct "${attribute}" in the manifest.` })
}
