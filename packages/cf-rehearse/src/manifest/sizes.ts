// Sizes in a manifest: a number with a unit.

import { throwFinding } from '../report/finding.ts'

const BYTES: Readonly<Record<string, number>> = { B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 }

/** @throws {Finding} if the unit is missing or unknown to the platform */
export function readBytes(attribute: string, value: unknown): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(B|[KMGT]B?)$/i.exec(String(value).trim()) ?? []
  if (number && unit) return Number(number) * BYTES[unit[0]!.toUpperCase()]!
  return throwFinding(`${attribute} is "${value}".`, {
    fact: 'a size is a number with a unit: B, K, KB, M, MB, G, GB, T or TB.',
    remedy: `Write "${attribute}: 128M", for example.`,
  })
}

/** @throws {Finding} for less than 1 MB, too: the platform counts whole megabytes */
export function readMb(attribute: string, value: unknown): number {
  const mb = Math.floor(readBytes(attribute, value) / 2 ** 20)
  if (mb > 0) return mb
  return throwFinding(`${attribute} is "${value}".`, {
    fact: 'memory and disk have to be more than 0 MB; fractions of a megabyte are cut off.',
    remedy: `Write "${attribute}: 128M", for example.`,
  })
}
