// Keys say what they are for, as far as Memcached lets them: 250 bytes without spaces or control characters.

import { createHash } from 'node:crypto'

export type Args = readonly (string | number | boolean | undefined)[]

/** Names a function among all that share a store. */
export function scopeOf(prefix: string, feature: string, name: string): string {
  const scope = `${prefix}:${feature}:${name}`
  return FIT.test(scope) ? scope : hash(scope)
}

/** The same for equal arguments, and for no others: a text stands in quotes, a number or undefined does not. */
export function keyOf(scope: string, args: Args): string {
  let list = ''
  for (const arg of args) list += `${list && ','}${typeof arg === 'string' ? JSON.stringify(arg) : arg}`
  return `${scope}(${list})`
}

/** The key of an entry as every store takes it. */
export const storeKey = (scope: string, key: string): string => (FIT_KEY.test(key) ? key : `${scope}#${hash(key)}`)

const FIT = /^[\x21-\x7e]{1,150}$/
const FIT_KEY = /^[\x21-\x7e]{1,200}$/

const hash = (text: string) => createHash('sha256').update(text).digest('base64url')
