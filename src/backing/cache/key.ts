// Cache keys: readable where Memcached's rules allow it (250 bytes, no spaces or control characters), else hashed.

import { createHash } from 'node:crypto'

export type Args = readonly (string | number | boolean | undefined)[]

/** Identifies a cached function among all that share a store. */
export function scopeOf(prefix: string, feature: string, name: string): string {
  const scope = `${prefix}:${feature}:${name}`
  return READABLE_SCOPE.test(scope) ? scope : hash(scope)
}

/** Equal for equal arguments only: strings are quoted, numbers, booleans and undefined are not. */
export function keyOf(scope: string, args: Args): string {
  let list = ''
  for (const arg of args) list += `${list && ','}${typeof arg === 'string' ? JSON.stringify(arg) : arg}`
  return `${scope}(${list})`
}

/** The key of an entry in a form that every store accepts. */
export const storeKey = (scope: string, key: string): string => (READABLE_KEY.test(key) ? key : `${scope}#${hash(key)}`)

const READABLE_SCOPE = /^[\x21-\x7e]{1,150}$/
const READABLE_KEY = /^[\x21-\x7e]{1,200}$/

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')
