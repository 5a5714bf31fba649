// What the rehearsal has to know of openapi.yaml: which paths there are to ask, and one that takes a body.

import { load } from 'js-yaml'

type Operations = Record<string, { requestBody?: unknown } | undefined>

const readPaths = (contract: string): Record<string, Operations> =>
  (load(contract) as { paths?: Record<string, Operations> }).paths ?? {}

export const openapiHas = (contract: string, path: string): boolean => readPaths(contract)[path]?.get !== undefined

/** Paths without parameters; those that wait on purpose, or are asked for by nobody but a person, are not among them. */
export function findTraffic(contract: string | undefined, livePath: string): { gets: string[]; post?: string } {
  const paths = contract ? readPaths(contract) : {}
  const gets = ['/', '/info', '/openapi.yaml'].filter((path) => paths[path]?.get)
  const post = Object.keys(paths).find((path) => !path.includes('{') && paths[path]?.post?.requestBody)
  return { gets: [livePath, ...gets], ...(post && { post }) }
}
