// What is running and what is bound to it, without secrets: the first thing to look at when a deployment behaves oddly.

import type { Mounted } from '../../ports.ts'
import type { Release } from '../release.ts'

export interface BoundService {
  kind: string
  name: string
  label?: string
  plan?: string
  source: string
}

export function createInfo(release: Release, features: string[], bound: BoundService[]): Mounted {
  const info = { ...release, node: process.version, features, bound }
  return {
    routes: {
      'GET /info': (_req, res) => {
        res.json(info)
      },
    },
  }
}
