// Factor IV, backing services: what is bound, read once at start from the variables and files of the platform. What is
// not bound is embedded. Cloud Foundry writes a DATABASE_URL of its own, which is ignored: see isWrittenByPlatform.

import type { Binding, BindingSummary, Bindings, Kind } from '../../ports/bindings.ts'
import { type AttachOptions, attachService, attachVariable } from './attach.ts'
import { choose } from './choose.ts'
import { readCredentials } from './credentials.ts'
import { complaint, createComplaints } from './error.ts'
import { kindNames, kinds } from './kinds.ts'
import { type KnownService, recognise } from './recognise.ts'
import { readServices } from './services.ts'

/**
 * Reads what is bound. A variable like `REDIS_URL` takes precedence over a binding; an empty variable counts as not set.
 *
 * @throws {BindingsError} with all complaints at once, none of which contains a credential
 */
export function readBindings(env: NodeJS.ProcessEnv): Bindings {
  const { gather, settle } = createComplaints()
  const services = gather(() => recognise(readServices(env), env))
  const warnings = new Set<string>((services ?? []).flatMap(({ doubt }) => doubt ?? []))
  const options = { env, warn: (sentence: string) => void warnings.add(sentence) }
  const attached = kindNames.flatMap((kind) => gather(() => attach(kind, services, options)) ?? [])
  settle()
  if (!attached.some(({ kind }) => kind === 'database')) {
    refuseAmbiguous(services ?? [])
    if (env.PGHOST) options.warn(PGHOST_IGNORED)
  }
  return {
    warnings: [...warnings],
    of: (kind) => attached.find((service) => service.kind === kind),
    list: () => [...attached.filter(isVariable).map(listVariable), ...(services ?? []).map(listService(attached))],
  }
}

const PGHOST_IGNORED =
  'PGHOST is set but not read, and no database is bound: set DATABASE_URL, or the embedded database is used.'

// If a document could not be read, only the variables are checked.
function attach(kind: Kind, services: KnownService[] | undefined, options: AttachOptions): Binding | undefined {
  const { env } = options
  const address = env[kinds[kind].variable]
  if (address && !isWrittenByPlatform(kind, services, env)) return attachVariable(kind, address.trim(), options)
  const service = services && choose(kind, services, env)
  return service && attachService(kind, service, options)
}

// The embedded database would silently take the place of the one that is bound.
function refuseAmbiguous(services: KnownService[]) {
  const ambiguous = services.find(({ isAmbiguous }) => isAmbiguous)
  if (!ambiguous) return
  throw complaint(
    `The binding "${ambiguous.name}" looks like a database: set DATABASE_SERVICE to its name if it is a PostgreSQL, or DATABASE_URL to sqlite:<file> for the embedded one.`,
  )
}

// The Cloud Controller overwrites DATABASE_URL with the uri of any MySQL or PostgreSQL that is bound, in random order
// and with Rails' names for the schemes (database_uri_generator.rb).
function isWrittenByPlatform(kind: Kind, services: KnownService[] = [], env: NodeJS.ProcessEnv): boolean {
  if (kind !== 'database' || !env.VCAP_APPLICATION) return false
  return services.some((service) => service.kind === kind || isMysql(service))
}

const isMysql = ({ credentials }: KnownService) =>
  readCredentials(credentials).addresses.some((address) => /^mysql2?:/i.test(address))

const isVariable = ({ name, source }: Binding) => name === source

const listVariable = ({ kind, name, source }: Binding): BindingSummary => ({ kind, name, source, attached: true })

const listService =
  (attached: Binding[]) =>
  ({ kind, name, label, plan, source }: KnownService): BindingSummary => ({
    kind: kind ?? 'other',
    name,
    ...(label && { label }),
    ...(plan && { plan }),
    source,
    attached: attached.some((used) => used.kind === kind && used.name === name),
  })
