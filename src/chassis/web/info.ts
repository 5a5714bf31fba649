// What is running and what is bound to it, without secrets: the first thing to look at when a deployment behaves oddly.

import type { Mounted } from '../../ports.ts'
import type { Listed } from '../bindings.ts'
import type { Release } from '../release.ts'

export function createInfo(release: Release, features: string[], bound: Listed[]): Mounted {
  const info = { ...release, node: process.version, features, bound }
  return {
    routes: {
      'GET /info': (_req, res) => {
        res.json(info)
      },
    },
  }
}
