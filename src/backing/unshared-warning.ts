// What is embedded belongs to one instance. With several instances each has its own data, which is seldom intended: so
// the log and /info warn. The first instance can't know that there are others.

import type { Resource } from '../ports/operations.ts'
import type { Release } from '../ports/runtime.ts'

const EMBEDDED: readonly string[] = ['sqlite', 'file', 'memory']

/** @returns the resource, with a warning where other instances have their own */
export function warnOfUnshared(resource: Resource, { instance }: Pick<Release, 'instance'>): Resource {
  const { port, adapter } = resource
  // Other instances' changes are seen within CACHE_MEMORY_SECONDS at the latest.
  const isHarmless = port === 'cache' && adapter === 'memory'
  if (instance === '0' || isHarmless || !EMBEDDED.includes(adapter)) return resource
  return { ...resource, warning: `instance ${instance} has a ${port} of its own; bind one that all share` }
}
