// Why an instance ended by itself: what the platform would show, and what was behind it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit, Instance } from './launch.ts'
import { refuse } from './refusal.ts'

/** @throws {Refusal} always */
export async function explainExit(instance: Instance, exit: Exit, developmentPackages: string[]): Promise<never> {
  const { name, stdout, stderr, plan } = instance
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), sleep(1000)])
  const printed = [stdout.tail(), stderr.tail(), stderr.rest()].filter(Boolean).join('\n  ')
  if (exit.outOfMemory) {
    refuse(`${name} was killed: it took more than its ${plan.memoryMb} MB.`, {
      fact: 'a process that outgrows "memory" gets SIGKILL (137, "out of memory"), without a word in its log.',
      remedy: 'Find the leak, or raise "memory" in the manifest; the heap follows by MEMORY_AVAILABLE.',
    })
  }
  const missing = /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/.exec(printed)?.[1]
  if (missing && developmentPackages.includes(missing)) {
    refuse(`${name} needs the package "${missing}", which is one for development.`, {
      fact: 'the buildpack installs no devDependencies.',
      remedy: `Move "${missing}" to "dependencies" of package.json, or do without it in src/.`,
    })
  }
  const how = exit.signal ? `by ${exit.signal}` : `with exit code ${exit.code}`
  return refuse(`${name} ended by itself ${how}:\n  ${printed || 'it printed nothing.'}`, {
    fact: 'a process that ends, even with 0, counts as crashed and is started again.',
    remedy: missing
      ? `Add "${missing}" to "dependencies" of package.json, or let it through in .cfignore.`
      : 'See what it printed last.',
  })
}
