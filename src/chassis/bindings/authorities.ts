// The authorities in the platform's folder (CF_SYSTEM_CERT_PATH), which Node does not read by itself.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCertificates } from './pem.ts'

/** What can't be read or parsed is skipped with a warning: one broken file must not disable the others. */
export function readPlatformAuthorities(folder: string | undefined, warn: (sentence: string) => void): string[] {
  if (!folder) return []
  const files =
    reading(
      () => readdirSync(folder),
      (code) => warn(`CF_SYSTEM_CERT_PATH can't be read (${code}).`),
    ) ?? []
  return files
    .filter((file) => /\.(crt|pem)$/.test(file))
    .sort()
    .flatMap((file) => {
      const skip = (reason: string) => warn(`${file} in CF_SYSTEM_CERT_PATH is skipped (${reason}).`)
      const text = reading(() => readFileSync(join(folder, file), 'utf8'), skip)
      const certificates = text === undefined ? undefined : parseCertificates(text)
      if (text !== undefined && !certificates) skip('not a certificate')
      return certificates?.pem ?? []
    })
}

function reading<T>(read: () => T, failed: (code: string) => void): T | undefined {
  try {
    return read()
  } catch (error) {
    failed(String((error as NodeJS.ErrnoException).code))
    return undefined
  }
}
