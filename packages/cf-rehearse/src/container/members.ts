// The processes of a container: those of its control group or, without one, of the process group of its main process.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export function membersOf(list: string | undefined, mainId: number): number[] {
  if (list && existsSync(list)) return readFileSync(list, 'utf8').split('\n').filter(Boolean).map(Number)
  if (!existsSync('/proc/self/stat')) return isGroup(mainId) ? [-mainId] : []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && groupOf(name) === mainId)
    .map(Number)
}

/** The third field after the name, which may contain any character. Undefined for a process that has ended. */
function groupOf(id: string): number | undefined {
  try {
    const [state, , group] = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
    return state === 'Z' ? undefined : Number(group)
  } catch {
    return undefined
  }
}

function isGroup(id: number): boolean {
  try {
    return process.kill(-id, 0)
  } catch {
    return false
  }
}

/** Repeats until no process is left, because a process may start others meanwhile. */
export async function killAll(members: () => number[]) {
  for (let attempt = 0; attempt < 100 && members().length > 0; attempt++) {
    for (const id of members()) kill(id)
    await sleep(20)
  }
}

function kill(id: number) {
  try {
    process.kill(id, 'SIGKILL')
  } catch {} // It has already ended.
}
