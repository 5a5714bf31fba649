// The contract as it is served: exactly the operations that this process serves, in both formats. Operations whose
// feature was deleted are left out.

import type { RequestHandler } from 'express'
import type { OpenAPIV3_1 as OpenApi } from 'openapi-types'
import type { Mounted } from '../../ports/routes.ts'
import { entityTag } from '../entity-tag.ts'
import type { Contract, Operation } from './contract.ts'
import { contractYaml, toPlainYaml } from './openapi-yaml.ts'
import { METHODS } from './shared-responses.ts'

/** @param served the route keys that are served, except those of this document */
export function createOpenApiRoutes(contract: Contract, served: ReadonlySet<string>): Mounted {
  const own = ['GET /openapi.yaml', 'GET /openapi.json']
  const cuts = [...contract.operations.values()].filter(({ key }) => !served.has(key) && !own.includes(key))
  return {
    routes: {
      'GET /openapi.yaml': send('application/yaml; charset=utf-8', () => toYaml(contract, cuts)),
      'GET /openapi.json': send('application/json; charset=utf-8', () => toJson(contract, cuts)),
    },
  }
}

type Cut = Pick<Operation, 'path' | 'method'>

/** With the comments of the file, unless operations have to be cut out. */
const toYaml = (contract: Contract, cuts: Cut[]) =>
  cuts.length === 0 ? contractYaml(contract) : toPlainYaml(cutOut(contract, cuts))

const toJson = (contract: Contract, cuts: Cut[]) => JSON.stringify(cutOut(contract, cuts), null, 2)

function cutOut({ document }: Contract, cuts: Cut[]): OpenApi.Document {
  const { paths = {}, ...rest } = structuredClone(document)
  for (const { path, method } of cuts) delete paths[path]?.[method]
  const left = Object.entries(paths).filter(([, item]) => METHODS.some((method) => item?.[method]))
  return { ...rest, paths: Object.fromEntries(left) }
}

/** The text is made at the first request, which keeps the start short. */
function send(type: string, make: () => string): RequestHandler {
  let made: { text: string; tag: string } | undefined

  return (req, res) => {
    if (!made) {
      const text = make()
      made = { text, tag: entityTag(text) }
    }
    res.set({ etag: made.tag, 'cache-control': 'no-cache', 'content-type': type })
    if (req.fresh) res.status(304).end()
    else res.end(made.text)
  }
}
