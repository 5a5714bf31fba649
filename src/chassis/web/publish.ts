// The contract as the world sees it: exactly the operations that are served, in both formats. What nobody serves, because
// its feature was deleted, is left out.

import type { RequestHandler } from 'express'
import { type Document, parseDocument } from 'yaml'
import type { Mounted } from '../../ports.ts'
import type { Contract, Operation } from './contract.ts'
import { entityTag } from './files.ts'

/** @param served the route keys that anybody serves, but for those of this very document */
export function createContractRoutes(contract: Contract, served: ReadonlySet<string>): Mounted {
  const own = ['GET /openapi.yaml', 'GET /openapi.json']
  const isServed = ({ key }: Operation) => served.has(key) || own.includes(key)
  const left = [...contract.operations.values()].filter((operation) => !isServed(operation))
  const leftWhole = new Set(Object.keys(contract.document.paths ?? {}))
  for (const operation of contract.operations.values()) if (isServed(operation)) leftWhole.delete(operation.path)

  // As steps into the document: whole paths first, then single operations of paths that stay.
  const cuts = [
    ...[...leftWhole].map((path) => ['paths', path]),
    ...left.filter(({ path }) => !leftWhole.has(path)).map(({ path, method }) => ['paths', path, method]),
  ]
  return {
    routes: {
      'GET /openapi.yaml': send('application/yaml; charset=utf-8', () => toYaml(contract.source, cuts)),
      'GET /openapi.json': send('application/json; charset=utf-8', () => toJson(contract.source, cuts)),
    },
  }
}

/** The file as it is, comments and all, unless something has to be cut out. */
function toYaml(source: string, cuts: string[][]): string {
  return cuts.length === 0 ? source : cut(source, cuts).toString({ lineWidth: 0 })
}

const toJson = (source: string, cuts: string[][]): string => JSON.stringify(cut(source, cuts), null, 2)

function cut(source: string, cuts: string[][]): Document {
  const document = parseDocument(source)
  for (const steps of cuts) document.deleteIn(steps)
  return document
}

/** The text is made at the first request: a service that starts has better things to do. */
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
