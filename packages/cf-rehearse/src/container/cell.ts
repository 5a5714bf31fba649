// The machine that containers run on, which the platform calls a cell. It isolates them as far as this machine allows.

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { delimiter, join } from 'node:path'
import { platform } from '../platform/platform.ts'
import type { Reporter } from '../report/reporter.ts'
import type { Workplace } from '../staging/workplace.ts'
import { type MemoryGroup, openMemoryGroup } from './memory-group.ts'
import { type Network, openNetwork } from './network.ts'

export interface Container extends Disposable {
  id: string
  /** Probes and the router connect to this address. */
  address: string
  port: number
  /** The network namespace. Undefined if the process shares the network and file system of this machine. */
  namespace: string | undefined
  memory: MemoryGroup | undefined
}

export interface Cell extends Disposable {
  /** The address of this machine for containers. */
  gateway: string
  openContainer(memoryMb: number): Promise<Container>
}

export function openCell({ isRoot }: Workplace, reporter: Reporter): Cell {
  const network = isRoot && hasTools() ? openNetwork() : undefined
  const outer = Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .find(isReachable)?.address
  if (!network) reportSharing(outer, isRoot, reporter)
  let count = 0

  return {
    gateway: network?.gateway ?? '127.0.0.1',
    [Symbol.dispose]: () => network?.[Symbol.dispose](),
    async openContainer(memoryMb) {
      count += 1
      const id = `rehearsal-${process.pid}-${count}`
      const memory = isRoot ? openMemoryGroup(id, memoryMb) : undefined
      if (!memory) reporter.leaveOut('the memory limit: control groups are not available here, or only to root')
      const place = await openPlace(network, outer)
      return {
        id,
        memory,
        ...place,
        [Symbol.dispose]() {
          place.leave()
          memory?.[Symbol.dispose]()
        },
      }
    },
  }
}

async function openPlace(network: Network | undefined, outer = '127.0.0.1') {
  if (!network) return { address: outer, port: await freePort(), namespace: undefined, leave: () => {} }
  const { address, namespace, ...connection } = network.connect()
  return { address, port: platform.port, namespace, leave: () => connection[Symbol.dispose]() }
}

const isReachable = ({ family, internal, address }: { family: string; internal: boolean; address: string }) =>
  family === 'IPv4' && !internal && !address.startsWith('169.254.')

function reportSharing(outer: string | undefined, isRoot: boolean, reporter: Reporter) {
  const reason = isRoot ? 'the kernel or the installed tools do not support them' : 'only root can create them'
  reporter.leaveOut(`a network and a file system for each container: ${reason}; PORT is a free port`)
  if (!outer) reporter.leaveOut('listening on all addresses: this machine has only the loopback')
}

function hasTools(): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const tools = ['ip', 'nsenter', 'unshare', 'setpriv', 'mount']
  return tools.every((tool) => folders.some((folder) => existsSync(join(folder, tool))))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
