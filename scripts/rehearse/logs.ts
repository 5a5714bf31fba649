// Step "log": whether every line of every process got through as it was meant.

import type { Instance } from './launch.ts'
import { refuse } from './refusal.ts'

/** @param ended whether nothing more can come, so that a line without its end was cut off */
export function checkLogs(instances: Instance[], ended: boolean, tell: (found: string) => void) {
  for (const instance of instances) checkLog(instance, ended)
  const count = instances.reduce((sum, { stdout, stderr }) => sum + stdout.lines() + stderr.lines(), 0)
  tell(`${count} lines of ${instances.length} processes, each one JSON object below 60 KiB`)
}

function checkLog({ name, stdout, stderr }: Instance, ended: boolean) {
  const fault = [...stdout.faults(), ...stderr.faults()][0]
  if (fault) {
    refuse(`${name} printed ${fault.what}: ${fault.line}`, {
      fact:
        'the log is split at every line end and carriage return, and after 60 KiB: what belongs together comes ' +
        'apart.',
      remedy: 'Log one JSON object a line, cut long values, and let nothing else print: no warnings, no console.log.',
    })
  }
  const rest = stdout.rest() + stderr.rest()
  if (!ended || !rest) return
  refuse(`The last line of ${name} was cut off: ${rest.slice(-300)}`, {
    fact: 'when the process has ended, nothing more of its log comes.',
    remedy: 'Wait until the log is written before the process exits.',
  })
}
