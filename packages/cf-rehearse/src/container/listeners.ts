// The addresses where a container listens, from the tables of Linux. A finding names them if a probe cannot connect.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface Listener {
  address: string
  port: number
}

export function listenersOf(members: number[]): Listener[] {
  const own = new Set(members.flatMap(socketsOf))
  const main = members[0]
  const tables = ['tcp', 'tcp6'].map((table) => readText(`/proc/${main}/net/${table}`))
  return tables
    .flatMap(parseTable)
    .filter(({ inode }) => own.has(inode))
    .map(({ address, port }) => ({ address, port }))
}

/** The listening sockets (state 0A) of /proc/net/tcp and tcp6. Addresses are words in the byte order of the machine. */
export function parseTable(text: string): (Listener & { inode: string })[] {
  return text
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((fields) => fields[3] === '0A')
    .map((fields) => {
      const [host = '', port = ''] = fields[1]!.split(':')
      return { address: readAddress(host), port: Number.parseInt(port, 16), inode: fields[9]! }
    })
}

function readAddress(hex: string): string {
  if (/^0+$/.test(hex)) return 'all'
  if (hex.length === 8) return Buffer.from(hex, 'hex').reverse().join('.')
  return hex === '00000000000000000000000001000000' ? '::1' : `IPv6 ${hex}`
}

function socketsOf(id: number): string[] {
  try {
    const links = readdirSync(`/proc/${id}/fd`).map((fd) => readlinkSync(`/proc/${id}/fd/${fd}`))
    return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
  } catch {
    return []
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
