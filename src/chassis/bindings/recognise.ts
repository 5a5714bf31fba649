// Recognizes the kind of a bound service. The scheme of its address comes first: a MySQL tagged `database` is not a database
// that we can use. Then follow, as in java-cfenv, tags, the label, and the name of a user-provided service.

import type { Kind } from '../../ports/bindings.ts'
import { hasOwnProtocol, schemeOf } from './address.ts'
import { type BoundService, isCalled } from './bound-service.ts'
import { readCredentials } from './credentials.ts'
import { hasSchemeOf, kindNames, kinds } from './kinds.ts'

export interface KnownService extends BoundService {
  /** Undefined for a kind that is not supported. */
  kind: Kind | undefined
}

/** Adds the kind to each service. If nothing else identifies it, a setting does: `DATABASE_SERVICE=accounts`. */
export const recognise = (services: BoundService[], env: NodeJS.ProcessEnv): KnownService[] =>
  services.map((service) => ({
    ...service,
    kind: kindOf(service) ?? kindNames.find((kind) => isCalled(service, env[kinds[kind].choice])),
  }))

function kindOf(service: BoundService): Kind | undefined {
  const { addresses } = readCredentials(service.credentials)
  const specific = addresses.filter(hasOwnProtocol)
  if (specific.length > 0) return kindNames.find((kind) => specific.some((address) => hasSchemeOf(kind, address)))
  return kindByOffering(service) ?? kindByName(service, addresses.some(schemeOf))
}

function kindByOffering({ tags, label = '' }: BoundService): Kind | undefined {
  const given = tags.map((tag) => tag.toLowerCase())
  return kindNames.find(
    (kind) => kinds[kind].tags.some((tag) => given.includes(tag)) || kinds[kind].label?.test(label.toLowerCase()),
  )
}

// A service with an HTTP address can only be an upstream; one without can be anything else.
function kindByName({ name, instanceName = name, label }: BoundService, hasWebAddress: boolean): Kind | undefined {
  if (label && label !== 'user-provided' && !hasWebAddress) return undefined
  const names = [name.toLowerCase(), instanceName.toLowerCase()]
  return kindNames
    .filter((kind) => !hasWebAddress || kind === 'upstream')
    .find((kind) => names.some((each) => kinds[kind].name.test(each)))
}
