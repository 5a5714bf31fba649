// Chooses among several bound services: the one that a setting names, the only one, or the one with the conventional
// name. The order of bindings is random, so no other choice is made.

import type { Kind } from '../../ports/bindings.ts'
import type { BoundService } from './bound-service.ts'
import { complaint } from './error.ts'
import { kinds } from './kinds.ts'
import type { KnownService } from './recognise.ts'

/**
 * The service of this kind to use, if any. `CACHE_SERVICE` chooses among Redis and Memcached; the other kind then has none.
 *
 * @throws {BindingsError} if the choice is wrong or missing
 */
export function choose(kind: Kind, services: KnownService[], env: NodeJS.ProcessEnv): KnownService | undefined {
  const { choice, convention } = kinds[kind]
  const rivals = services.filter((service) => service.kind && kinds[service.kind].choice === choice)
  const wanted = env[choice]
  if (wanted) {
    const chosen = chooseByName(choice, wanted, rivals)
    return chosen.kind === kind ? chosen : undefined
  }
  const candidates = rivals.filter((service) => service.kind === kind)
  if (candidates.length <= 1) return candidates[0]
  const [conventional, another] = candidates.filter(({ name }) => name === convention)
  if (conventional && !another) return conventional
  throw complaint(`${choice} must name one of the bound services ${listed(candidates)}.`)
}

// The name of a binding takes precedence over that of an instance, because it is given for this purpose.
function chooseByName(choice: string, wanted: string, candidates: KnownService[]): KnownService {
  const bindings = candidates.filter(({ name }) => name === wanted)
  const [chosen, another] =
    bindings.length > 0 ? bindings : candidates.filter((service) => service.instanceName === wanted)
  if (candidates.length === 0) throw complaint(`${choice} is set, but no such service is bound: bind one, or unset it.`)
  if (!chosen) throw complaint(`${choice} must name one of the bound services ${listed(candidates)}.`)
  if (another) throw complaint(`${choice} names several bound services: give each binding a name of its own.`)
  return chosen
}

const listed = (services: BoundService[]) => services.map(({ name }) => `"${name}"`).join(', ')
