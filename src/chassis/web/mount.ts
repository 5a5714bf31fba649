// Joins routes and contract. A route that is not in the contract is an error at start; an operation without a route is left
// out of the docs.

import type { Express, RequestHandler } from 'express'
import type { Log } from '../../ports/log.ts'
import type { Mounted } from '../../ports/routes.ts'
import { createBodyReader } from './body.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { Contract, Operation } from './contract.ts'
import { refuseOtherMethods } from './errors.ts'
import { createFileHandler } from './files.ts'
import { createValidators } from './validate.ts'

export interface MountOptions {
  mounted: Mounted[]
  contract: Contract
  /** The largest request body of every operation, in bytes; by default each has its own. */
  bodyLimit: number | undefined
  /** Shared by all request bodies that are held at once. */
  bodies: ByteBudget
  log: Log
}

export function mountRoutes(app: Express, { mounted, contract, bodyLimit, bodies, log }: MountOptions) {
  const handlers = handlersByKey(mounted)
  for (const key of handlers.keys()) {
    if (!contract.operations.has(key)) throw new Error(`${key} is not in openapi.yaml. Describe it there first.`)
  }
  const served = [...contract.operations.values()].filter(({ key }) => handlers.has(key))
  const unserved = [...contract.operations.keys()].filter((key) => !handlers.has(key))
  if (unserved.length > 0) log.info({ unserved }, 'left out of the docs: not served on this port')

  const validatorOf = createValidators(contract)
  for (const [path, operations] of Map.groupBy(served, (operation) => operation.path)) {
    const route = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'))
    for (const operation of operations) {
      const readBody = createBodyReader(operation, { limit: bodyLimit ?? operation.bodyLimit, budget: bodies })
      const steps = [readBody, validatorOf(operation), handlers.get(operation.key)]
      route[operation.method](...steps.filter((step) => step !== undefined))
    }
    route.all(refuseOtherMethods(allowOf(operations)))
  }
}

function handlersByKey(mounted: Mounted[]): Map<string, RequestHandler> {
  const routes = mounted.flatMap(({ routes = {} }) => Object.entries(routes))
  const files = mounted.flatMap(({ files = {} }) =>
    Object.entries(files).map(([key, url]) => [key, createFileHandler(url)] as [string, RequestHandler]),
  )
  const handlers = new Map<string, RequestHandler>()
  for (const [key, handler] of [...routes, ...files]) {
    if (handlers.has(key)) throw new Error(`${key} is served twice.`)
    handlers.set(key, handler)
  }
  return handlers
}

/** Paths with GET also have HEAD, and all have OPTIONS. */
function allowOf(operations: Operation[]): string {
  const methods = operations.map(({ method }) => method.toUpperCase())
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

/** The keys of all routes. */
export const servedKeys = (mounted: Mounted[]): Set<string> =>
  new Set(mounted.flatMap(({ routes = {}, files = {} }) => [...Object.keys(routes), ...Object.keys(files)]))
