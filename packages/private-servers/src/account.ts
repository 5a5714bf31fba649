// The account that private servers run as: ours, or "nobody" where we are root, because PostgreSQL refuses to be root.

import { readFileSync } from 'node:fs'

export interface Account {
  uid?: number
  gid?: number
}

export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? []
  if (!uid) throw new Error('As root, private servers run as the user "nobody", who is not in /etc/passwd.')
  return { uid: Number(uid), gid: Number(gid) }
}
