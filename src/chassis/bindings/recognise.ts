// Recognizes the kind of a bound service. The scheme of its address comes first: a MySQL tagged `database` is not a database
// that we can use. Then follow, as in java-cfenv, tags and the label; and for a user-provided service its credentials,
// together with its name. A service of another product must not stop the start because of its name.

import type { Kind } from '../../ports/bindings.ts'
import { hasOwnProtocol, schemeOf } from './address.ts'
import { type BoundService, isCalled } from './bound-service.ts'
import { type KnownCredentials, readCredentials } from './credentials.ts'
import { hasSchemeOf, kindNames, kinds } from './kinds.ts'
import { doubtsAbout, isOffered, isPostgres, seemsDatabase } from './plausible.ts'

export interface KnownService extends BoundService {
  /** Undefined for a kind that is not supported. */
  kind: Kind | undefined
  /** Why it is not used although its tags or its name suggest so, as a sentence. */
  doubt?: string
  /** Whether it is a database whose product is not known. */
  isAmbiguous?: boolean
}

/** Adds the kind to each service. If nothing else identifies it, a setting does: `DATABASE_SERVICE=accounts`. */
export const recognise = (services: BoundService[], env: NodeJS.ProcessEnv): KnownService[] =>
  services.map((service) => {
    const known = readCredentials(service.credentials)
    const kind = kindOf(service, known)
    const chosen = kindNames.find((each) => isCalled(service, env[kinds[each].choice]))
    if (!kind) return { ...service, kind: chosen, isAmbiguous: seemsDatabase(service, known) }
    const doubt = kind === chosen ? undefined : doubtsAbout(kind, service, known)
    return doubt ? { ...service, kind: undefined, doubt } : { ...service, kind }
  })

function kindOf(service: BoundService, known: KnownCredentials): Kind | undefined {
  const specific = known.addresses.filter(hasOwnProtocol)
  if (specific.length > 0) return kindNames.find((kind) => specific.some((address) => hasSchemeOf(kind, address)))
  return (
    kindByOffering(service) ??
    (isPostgres(known) ? 'database' : undefined) ??
    kindByName(service, known.addresses.some(schemeOf))
  )
}

const kindByOffering = (service: BoundService) => kindNames.find((kind) => isOffered(kind, service))

// A service with an HTTP address can only be an upstream; one without can be anything else.
function kindByName({ name, instanceName = name, label }: BoundService, hasWebAddress: boolean): Kind | undefined {
  if (label && label !== 'user-provided' && !hasWebAddress) return undefined
  const names = [name.toLowerCase(), instanceName.toLowerCase()]
  return kindNames
    .filter((kind) => !hasWebAddress || kind === 'upstream')
    .find((kind) => names.some((each) => kinds[kind].name.test(each)))
}
