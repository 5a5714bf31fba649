// Keys say what they are for, as far as Memcached lets them: 250 bytes without spaces or control characters, of which
// the prefix and a name take some.

import { createHash } from 'node:crypto'

export type Args = readonly (string | number | boolean | undefined)[]

/** The same for equal arguments, and for no others. */
export function keyOf(scope: string, args: Args): string {
  const text = args.length === 0 ? '' : JSON.stringify(args.map((arg) => (arg === undefined ? null : arg)))
  return `${scope}:${text}`
}

const FIT = /^[\x21-\x7e]{1,200}$/

/** A key that every store takes. */
export const storeKey = (key: string): string =>
  FIT.test(key) ? key : createHash('sha256').update(key).digest('base64url')
