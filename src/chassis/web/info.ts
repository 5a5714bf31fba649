// What is running and what is attached to it, without secrets: the first thing to look at when a deployment behaves
// oddly.

import type { Mounted } from '../../ports.ts'
import type { Listed } from '../bindings.ts'
import type { Release } from '../release.ts'

/** A backing service in use. */
export interface Resource {
  /** What it is for. */
  port: string
  /** What stands behind it, such as `sqlite` or `redis`. */
  adapter: string
  /** The binding or the variable that it came from; undefined where it is embedded. */
  name?: string
  /** What an operator should mend. */
  warning?: string
}

export interface Attachments {
  features: string[]
  bound: Listed[]
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
