// Steps "log" and "last lines": whether every line of every process reached the platform unchanged.

import type { LogFormat } from '../cli/settings.ts'
import type { Instance } from '../container/launch.ts'
import { throwFinding } from '../report/finding.ts'
import type { Note } from '../report/reporter.ts'

export interface LogCheckOptions {
  /** Whether all instances have ended, so that a line without an end was cut off. */
  ended: boolean
  format: LogFormat
  note: Note
}

export function checkLogs(instances: Instance[], { ended, format, note }: LogCheckOptions) {
  for (const instance of instances) checkLog(instance, { ended, format })
  const count = instances.reduce((sum, { stdout, stderr }) => sum + stdout.lines() + stderr.lines(), 0)
  const kind = format === 'json' ? 'each a JSON object below 60 KiB' : 'each below 60 KiB'
  note(`${count} lines of ${instances.length} processes, ${kind}`)
}

function checkLog({ name, stdout, stderr }: Instance, { ended, format }: Omit<LogCheckOptions, 'note'>) {
  const fault = [...stdout.faults(), ...stderr.faults()][0]
  if (fault) {
    const rule = format === 'json' ? 'Log one JSON object per line, cut' : 'Cut'
    throwFinding(`${name} printed ${fault.what}: ${fault.line}`, {
      fact: 'the platform splits the log at every line end and carriage return, and after 60 KiB.',
      remedy: `${rule} long values, and remove other output such as warnings and console.log.`,
    })
  }
  const rest = stdout.rest() + stderr.rest()
  if (!ended || !rest) return
  throwFinding(`The last line of ${name} was cut off: ${rest.slice(-300)}`, {
    fact: 'when the process has ended, the platform receives no more of its log.',
    remedy: 'Wait until the log is written before the process exits.',
  })
}
