// The rules of the platform for an application of a manifest (Cloud Controller, API v3). An attribute without a rule is
// a finding, because the platform silently ignores misspelt attributes.

import { platform } from '../platform/platform.ts'
import { throwFinding } from '../report/finding.ts'
import { hasPath } from './contract.ts'
import { type Application, isMap, type Process } from './manifest.ts'
import { readBytes, readMb } from './sizes.ts'

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

const size: Rule = (value, attribute) => void readMb(attribute, value)

const text: Rule = (value, attribute) => requireRule(typeof value === 'string', attribute, value, 'it is a text')

const flag: Rule = (value, attribute) =>
  requireRule(typeof value === 'boolean', attribute, value, 'it is true or false, without quotes')

const map: Rule = (value, attribute) => requireRule(isMap(value), attribute, value, 'it is a map')

const logRate: Rule = (value, attribute) => {
  if (value !== -1 && value !== 0) readBytes(attribute, value)
}

const list: Rule = (value, attribute) => requireRule(Array.isArray(value), attribute, value, 'it is a list')

const listOf =
  (each: Rule): Rule =>
  (value, attribute) => {
    list(value, attribute)
    for (const item of value as unknown[]) each(item, attribute)
  }

/** A map in which nothing else is allowed. */
const only =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, attribute) => {
    map(value, attribute)
    apply(rules, value as Record<string, unknown>, attribute)
  }

const process: Readonly<Record<string, Rule>> = {
  type: text,
  command: text,
  user: text,
  memory: size,
  disk_quota: size,
  instances: whole(0, platform.maxInstances),
  'log-rate-limit-per-second': logRate,
  timeout: whole(1, platform.maxStartTimeoutSeconds),
  'health-check-type': oneOf('http', 'port', 'process', 'none'),
  'health-check-http-endpoint': text,
  'health-check-invocation-timeout': whole(1),
  'health-check-interval': whole(1),
  'readiness-health-check-type': oneOf('http', 'port', 'process'),
  'readiness-health-check-http-endpoint': text,
  'readiness-health-check-invocation-timeout': whole(1),
  'readiness-health-check-interval': whole(1),
}

const application: Readonly<Record<string, Rule>> = {
  ...process,
  name: text,
  buildpacks: listOf(text),
  stack: text,
  env: checkEnvironment,
  features: only({
    ssh: flag,
    revisions: flag,
    'service-binding-k8s': flag,
    'file-based-vcap-services': flag,
  }),
  'no-route': flag,
  'random-route': flag,
  'default-route': flag,
  routes: checkRoutes,
  processes: checkTypes,
  services: checkServices,
  sidecars: listOf(checkSidecar),
  metadata: only({ labels: checkLabels, annotations: checkAnnotations }),
  path: text,
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

/** Names that the Cloud Controller reserves, in any case. */
const RESERVED = /^(VCAP_|VMC)|^PORT$/i

function checkEnvironment(value: unknown, attribute: string) {
  map(value, attribute)
  for (const [name, given] of Object.entries(value as object)) {
    requireRule(name !== '', `env.${name}`, given, 'a variable has a name')
    requireRule(!RESERVED.test(name), `env.${name}`, given, 'VCAP_…, VMC… and PORT are reserved, in any case')
    const bytes = Buffer.byteLength(typeof given === 'object' ? JSON.stringify(given) : String(given))
    requireRule(bytes <= platform.maxVariableBytes, `env.${name}`, `${bytes} bytes`, 'a variable has at most 130 KB')
  }
}

function checkTypes(value: unknown, attribute: string) {
  listOf(map)(value, attribute)
  const types = (value as Process[]).map(({ type }) => type)
  for (const type of types) requireRule(typeof type === 'string' && type !== '', 'type', type, 'each process has one')
  const repeated = types.find((type, index) => types.indexOf(type) !== index)
  requireRule(repeated === undefined, attribute, repeated, 'each type is listed once')
}

function checkSidecar(value: unknown, attribute: string) {
  only({ name: text, command: text, process_types: listOf(text), memory: size })(value, attribute)
  const { name, command, process_types: types } = value as Record<string, unknown>
  const isComplete = name && command && Array.isArray(types) && types.length > 0
  requireRule(Boolean(isComplete), attribute, value, 'a sidecar has a name, a command and process_types')
}

const route = only({
  route: checkRoute,
  protocol: oneOf('http1', 'http2', 'tcp'),
  options: only({
    loadbalancing: oneOf('round-robin', 'least-connection', 'hash'),
    hash_header: text,
    hash_balance: anything,
  }),
})

function checkRoutes(value: unknown, attribute: string) {
  listOf(route)(value, attribute)
  for (const each of value as { route?: unknown }[]) checkRoute(each.route)
}

function checkRoute(value: unknown) {
  const isRoute = /^[\w*-]+(\.[\w-]+)+(:\d+)?(\/.*)?$/.test(String(value))
  requireRule(isRoute, 'route', value, 'a route has the form host.domain/path')
}

const service = only({ name: text, binding_name: text, parameters: map })

function checkServices(value: unknown, attribute: string) {
  list(value, attribute)
  for (const each of value as (string | { name?: string; binding_name?: string })[]) {
    if (typeof each !== 'string') service(each, attribute)
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

const LABEL_NAME = /^[a-z\d](?:[-\w.]{0,61}[a-z\d])?$/i
const LABEL_PREFIX = /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)+$/i

function checkKeys(value: unknown, attribute: string) {
  map(value, attribute)
  for (const key of Object.keys(value as object)) {
    const [name = '', prefix, ...more] = key.split('/').reverse()
    const isKey = LABEL_NAME.test(name) && (prefix === undefined || LABEL_PREFIX.test(prefix)) && more.length === 0
    const fact = 'a key is a name of up to 63 letters, digits and -_. between them, with or without a domain/ before it'
    requireRule(isKey, attribute, key, fact)
    requireRule(prefix !== 'cloudfoundry.org', attribute, key, 'the prefix cloudfoundry.org is reserved')
  }
}

function checkLabels(value: unknown, attribute: string) {
  checkKeys(value, attribute)
  for (const each of Object.values(value as object)) {
    const isLabel = each === null || each === '' || LABEL_NAME.test(String(each))
    requireRule(isLabel, attribute, each, 'a value has up to 63 letters, digits and -_. between them')
  }
}

function checkAnnotations(value: unknown, attribute: string) {
  checkKeys(value, attribute)
  for (const each of Object.values(value as object)) {
    requireRule(String(each).length <= 5000, attribute, 'a long text', 'a value has at most 5000 characters')
  }
}

function requireRule(holds: boolean, attribute: string, value: unknown, fact: string) {
  if (holds) return
  throwFinding(`${attribute} is ${JSON.stringify(value)}.`, { fact, remedy: `Correct "${attribute}" in the manifest.` })
}
