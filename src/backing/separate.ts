// What is embedded belongs to one instance. Where there are several, each has a truth of its own, which is hardly what
// anybody wants: so the log and /info warn. The first instance can't know that there are others.

import type { Resource } from '../ports/operations.ts'
import type { Release } from '../ports/runtime.ts'

const EMBEDDED: readonly string[] = ['sqlite', 'file', 'memory']

/** @returns the resource, with a warning where other instances have one of their own */
export function warnOfSeparate(resource: Resource, { instance }: Pick<Release, 'instance'>): Resource {
  const { port, adapter } = resource
  // Results in memory are only believed for as long as CACHE_MEMORY_SECONDS says.
  const isHarmless = port === 'cache' && adapter === 'memory'
  if (instance === '0' || isHarmless || !EMBEDDED.includes(adapter)) return resource
  return { ...resource, warning: `instance ${instance} has a ${port} of its own; bind one that all share` }
}
