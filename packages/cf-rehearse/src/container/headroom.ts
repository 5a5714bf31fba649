// How much of its memory a process may use: the platform kills it at the limit, without a message.

import { throwFinding } from '../report/finding.ts'

const HEADROOM = 0.15

/** @throws {Finding} where less than 15 % of the memory was left under load */
export function requireHeadroom(peakMb: number, grantedMb: number) {
  if (peakMb <= grantedMb * (1 - HEADROOM)) return
  throwFinding(`Under load the process used ${peakMb} MB of its ${grantedMb} MB.`, {
    fact: 'a process that exceeds its memory is killed without a message.',
    remedy: `Raise \`memory\` in the manifest, so that at least ${HEADROOM * 100} % are left, or lower the heap limit.`,
  })
}
