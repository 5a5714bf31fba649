// The lock file before and after staging, and what it says of packages for development.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { refuse } from './refusal.ts'

interface Lock {
  packages: Record<string, { version?: string; integrity?: string; dev?: boolean; resolved?: string }>
}

const readPackages = (text: string) => Object.entries((JSON.parse(text) as Lock).packages ?? {})

/** Where packages come from may be filled in; which ones they are may not change. */
const identify = (text: string): string[] =>
  readPackages(text).map(([path, { version, integrity }]) => `${path} ${version} ${integrity}`)

export function demandSameLock(before: string, after: string) {
  const known = new Set(identify(before))
  const changed = identify(after).filter((entry) => !known.delete(entry))
  const different = [...changed, ...known].map((entry) => entry.split(' ')[0] || 'package.json')
  if (different.length === 0) return
  refuse(`Staging changed package-lock.json: ${different.slice(0, 5).join(', ')}.`, {
    fact:
      'the buildpack runs "npm install", which rewrites a stale lock without a word: what runs is not what was ' +
      'tested.',
    remedy: 'Run "npm install", and commit package-lock.json.',
  })
}

/** @returns how many packages were installed */
export function demandProductionOnly(app: string, lock: string): number {
  const installed = readPackages(lock).filter(([path]) => path !== '' && existsSync(join(app, path)))
  const development = installed.filter(([, { dev }]) => dev).map(([path]) => path)
  if (development.length === 0) return installed.length
  return refuse(`Packages for development were installed: ${development.slice(0, 5).join(', ')}.`, {
    fact:
      'the buildpack sets NODE_ENV=production and NPM_CONFIG_PRODUCTION=true, which leaves them out unless a ' +
      'setting brings them back.',
    remedy: 'Remove "include=dev" or "production=false" from .npmrc and from env in the manifest.',
  })
}
