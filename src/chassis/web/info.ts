// What is running and which services are attached to it, without secrets: the first place to look if a deployment behaves
// unexpectedly.

import type { BindingSummary } from '../../ports/bindings.ts'
import type { Resource } from '../../ports/operations.ts'
import type { Mounted } from '../../ports/routes.ts'
import type { Release } from '../../ports/runtime.ts'

export interface Attachments {
  features: string[]
  bound: BindingSummary[]
  resources: () => Resource[]
}

export function createInfo(release: Release, { features, bound, resources }: Attachments): Mounted {
  const info = { ...release, node: process.version, features, bound }
  return {
    routes: {
      'GET /info': (_req, res) => {
        res.json({ ...info, resources: resources() })
      },
    },
  }
}
