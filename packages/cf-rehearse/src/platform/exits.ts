// Why an instance ended without SIGTERM: what the platform would show, and the cause.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Exit, Instance } from '../container/launch.ts'
import { throwFinding } from '../report/finding.ts'

/** @throws {Finding} always */
export async function throwExit(instance: Instance, exit: Exit, developmentPackages: string[]): Promise<never> {
  const { name, stdout, stderr, plan } = instance
  await Promise.race([Promise.all([stdout.ended, stderr.ended]), sleep(1000)])
  const printed = [stdout.tail(), stderr.tail(), stderr.rest()].filter(Boolean).join('\n  ')
  if (exit.outOfMemory) {
    throwFinding(`${name} was killed: it used more than its ${plan.memoryMb} MB.`, {
      fact: 'a process that exceeds "memory" gets SIGKILL (137, "out of memory") and cannot log anything.',
      remedy: 'Fix the leak, raise "memory" in the manifest, or limit the heap by --max-old-space-size.',
    })
  }
  const missing = /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)/.exec(printed)?.[1]
  if (missing && developmentPackages.includes(missing)) {
    throwFinding(`${name} needs the package "${missing}", which is in devDependencies.`, {
      fact: 'the buildpack does not install devDependencies.',
      remedy: `Move "${missing}" to "dependencies" of package.json, or do not import it at run time.`,
    })
  }
  const how = exit.signal ? `by ${exit.signal}` : `with exit code ${exit.code}`
  return throwFinding(`${name} ended by itself ${how}:\n  ${printed || 'it printed nothing.'}`, {
    fact: 'a process that ends, even with exit code 0, counts as crashed and is restarted.',
    remedy: missing
      ? `Add "${missing}" to "dependencies" of package.json, or include it in .cfignore.`
      : 'See its last lines.',
  })
}
