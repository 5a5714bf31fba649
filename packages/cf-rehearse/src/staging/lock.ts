// Compares the lock file before and after staging, and checks that no development package was installed.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { throwFinding } from '../report/finding.ts'

interface Lock {
  packages: Record<string, { version?: string; integrity?: string; dev?: boolean; resolved?: string }>
}

const readPackages = (text: string) => Object.entries((JSON.parse(text) as Lock).packages ?? {})

/** npm may add where a package comes from. Names, versions and hashes must stay the same. */
const identify = (text: string): string[] =>
  readPackages(text).map(([path, { version, integrity }]) => `${path} ${version} ${integrity}`)

export function requireSameLock(before: string, after: string) {
  const known = new Set(identify(before))
  const changed = identify(after).filter((entry) => !known.delete(entry))
  const different = [...changed, ...known].map((entry) => entry.split(' ')[0] || 'package.json')
  if (different.length === 0) return
  throwFinding(`Staging changed package-lock.json: ${different.slice(0, 5).join(', ')}.`, {
    fact:
      'the buildpack runs "npm install", which silently rewrites a stale lock file, so that other versions run than ' +
      'those that were tested.',
    remedy: 'Run "npm install" and commit package-lock.json.',
  })
}

/** @returns how many packages were installed */
export function requireProductionOnly(app: string, lock: string): number {
  const installed = readPackages(lock).filter(([path]) => path !== '' && existsSync(join(app, path)))
  const development = installed.filter(([, { dev }]) => dev).map(([path]) => path)
  if (development.length === 0) return installed.length
  return throwFinding(`Development packages were installed: ${development.slice(0, 5).join(', ')}.`, {
    fact:
      'the buildpack sets NODE_ENV=production and NPM_CONFIG_PRODUCTION=true, which excludes devDependencies unless ' +
      'another setting includes them.',
    remedy: 'Remove "include=dev" or "production=false" from .npmrc and from env in the manifest.',
  })
}
