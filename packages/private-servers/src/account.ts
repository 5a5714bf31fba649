// The account that private servers run as: the current user or, for root, "nobody", because PostgreSQL refuses to run
// as root.

import { readFileSync } from 'node:fs'

export interface Account {
  uid?: number
  gid?: number
}

export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {}
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? []
  if (!uid) throw new Error('For root, private servers run as the user "nobody", which is not in /etc/passwd.')
  return { uid: Number(uid), gid: Number(gid) }
}
