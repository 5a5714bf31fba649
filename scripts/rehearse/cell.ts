// The machine that containers run on, with as much of the platform's isolation as this one allows.

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { delimiter, join } from 'node:path'
import { type MemoryGroup, openMemoryGroup } from '../memory-group.ts'
import { type Network, openNetwork } from './network.ts'
import { platform } from './platform.ts'
import type { Story } from './story.ts'
import type { Workplace } from './workplace.ts'

export interface Room extends Disposable {
  id: string
  /** Where the container is reached. */
  address: string
  port: number
  /** Undefined where it shares the machine's network, and is no container at all. */
  namespace: string | undefined
  memory: MemoryGroup | undefined
}

export interface Cell extends Disposable {
  /** This machine, seen from a container. */
  gateway: string
  openRoom(memoryMb: number): Promise<Room>
}

export function openCell({ isRoot }: Workplace, story: Story): Cell {
  const network = isRoot && hasTools() ? openNetwork() : undefined
  const outer = Object.values(networkInterfaces())
    .flatMap((cards) => cards ?? [])
    .find(isReachable)?.address
  if (!network) tellShared(outer, isRoot, story)
  let count = 0

  return {
    gateway: network?.gateway ?? '127.0.0.1',
    [Symbol.dispose]: () => network?.[Symbol.dispose](),
    async openRoom(memoryMb) {
      count += 1
      const id = `rehearsal-${process.pid}-${count}`
      const memory = isRoot ? openMemoryGroup(id, memoryMb) : undefined
      if (!memory) story.leaveOut('the limit of memory: control groups are not to be had here, or not without root')
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

function tellShared(outer: string | undefined, isRoot: boolean, story: Story) {
  const why = isRoot ? 'this kernel, or the tools, do not offer it' : 'only root can make one'
  story.leaveOut(`a network and a file system of its own for each container: ${why}; PORT is a free one`)
  if (!outer) story.leaveOut('listening on all addresses: this machine has no other than the loopback')
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
