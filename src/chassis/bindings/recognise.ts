// What a bound service is good for. The scheme of its address says it best: a MySQL tagged `database` is not our
// database. Then, as java-cfenv does: tags, the label, and the name of a service that users provide themselves.

import type { Kind } from '../../ports/bindings.ts'
import { schemeOf, tellsProtocol } from './address.ts'
import { type BoundService, isCalled } from './bound-service.ts'
import { readCredentials } from './credentials.ts'
import { kindNames, kinds, speaks } from './kinds.ts'

export interface KnownService extends BoundService {
  /** Undefined where the service has no use for it. */
  kind: Kind | undefined
}

/** Tells each service's kind. Where nothing else does, choosing it tells it: `DATABASE_SERVICE=accounts`. */
export const recognise = (services: BoundService[], env: NodeJS.ProcessEnv): KnownService[] =>
  services.map((service) => ({
    ...service,
    kind: kindOf(service) ?? kindNames.find((kind) => isCalled(service, env[kinds[kind].choice])),
  }))

function kindOf(service: BoundService): Kind | undefined {
  const { addresses } = readCredentials(service.credentials)
  const telling = addresses.filter(tellsProtocol)
  if (telling.length > 0) return kindNames.find((kind) => telling.some((address) => speaks(kind, address)))
  return kindByOffering(service) ?? kindByName(service, addresses.some(schemeOf))
}

function kindByOffering({ tags, label = '' }: BoundService): Kind | undefined {
  const given = tags.map((tag) => tag.toLowerCase())
  return kindNames.find(
    (kind) => kinds[kind].tags.some((tag) => given.includes(tag)) || kinds[kind].label?.test(label.toLowerCase()),
  )
}

// With an address of the Web it can only be an upstream; without one, it can be anything else.
function kindByName({ name, instanceName = name, label }: BoundService, hasWebAddress: boolean): Kind | undefined {
  if (label && label !== 'user-provided' && !hasWebAddress) return undefined
  const names = [name.toLowerCase(), instanceName.toLowerCase()]
  return kindNames
    .filter((kind) => !hasWebAddress || kind === 'upstream')
    .find((kind) => names.some((each) => kinds[kind].name.test(each)))
}
