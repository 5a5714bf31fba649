// The examples that the benchmark measures. They may have been deleted: then it measures what is left.

import { existsSync } from 'node:fs'

export const featureFolder = (name: 'hello' | 'key-filter' | 'todos') =>
  new URL(`../../src/features/${name}/`, import.meta.url)

export const hasHello = existsSync(featureFolder('hello'))
export const hasKeyFilter = existsSync(featureFolder('key-filter'))
export const hasTodos = existsSync(featureFolder('todos'))
