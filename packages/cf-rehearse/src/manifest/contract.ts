// What the rehearsal needs of an OpenAPI document: whether a path exists, and a path that takes a body.

import { load } from 'js-yaml'
import type { Settings } from '../cli/settings.ts'

export interface Traffic {
  /** Paths for GET requests. */
  gets: string[]
  /** A path for POST requests. */
  post?: string
}

type Operations = Record<string, { requestBody?: unknown } | undefined>

export const hasPath = (contract: string, path: string): boolean => readPaths(contract)[path]?.get !== undefined

/** The requests that clients send while instances are replaced. */
export function planTraffic(contract: string | undefined, { paths, post }: Pick<Settings, 'paths' | 'post'>): Traffic {
  const chosen = post ?? (contract === undefined ? undefined : findPost(contract))
  return { gets: [...new Set(paths)], ...(chosen && { post: chosen }) }
}

function findPost(contract: string): string | undefined {
  const operations = Object.entries(readPaths(contract))
  return operations.find(([path, { post }]) => !path.includes('{') && post?.requestBody)?.[0]
}

const readPaths = (contract: string): Record<string, Operations> =>
  (load(contract) as { paths?: Record<string, Operations> }).paths ?? {}
