// A network namespace for each container, connected to this machine by a pair of virtual interfaces. As on the
// platform, only the address of the container leads into it, so that a listener on the loopback is unreachable.

import { execFileSync } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { networkInterfaces } from 'node:os'

export interface ContainerNetwork extends Disposable {
  namespace: string
  address: string
}

export interface Network extends Disposable {
  /** The address of this machine for containers. */
  gateway: string
  connect(): ContainerNetwork
}

/** @returns undefined if the kernel, missing tools or missing privileges prevent it */
export function openNetwork(): Network | undefined {
  const prefix = freePrefix()
  const gateway = `${prefix}.1`
  const id = randomBytes(3).toString('hex')
  let last = 1
  try {
    const first = connect() // The gateway has an address as long as one interface exists.
    return { gateway, connect, [Symbol.dispose]: () => first[Symbol.dispose]() }
  } catch {
    return undefined
  }

  function connect(): ContainerNetwork {
    last += 1
    const [namespace, card, address] = [`rehearsal-${process.pid}-${last}`, `rh${id}${last}`, `${prefix}.${last}`]
    ip('netns', 'add', namespace)
    try {
      ip('link', 'add', card, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      for (const line of outside(card, gateway, address)) ip(...line.split(' '))
      for (const line of inside(gateway, address)) ip('-n', namespace, ...line.split(' '))
    } catch (error) {
      remove(namespace, card)
      throw error
    }
    return { namespace, address, [Symbol.dispose]: () => remove(namespace, card) }
  }
}

const outside = (card: string, gateway: string, address: string) => [
  `addr add ${gateway}/32 dev ${card}`,
  `link set ${card} up`,
  `route add ${address}/32 dev ${card} src ${gateway}`,
]

const inside = (gateway: string, address: string) => [
  'link set lo up',
  `addr add ${address}/32 dev eth0`,
  'link set eth0 up',
  `route add ${gateway} dev eth0`,
  `route add default via ${gateway}`,
]

function remove(namespace: string, card: string) {
  for (const line of [`link del ${card}`, `netns del ${namespace}`]) {
    try {
      ip(...line.split(' '))
    } catch {} // It was never created, or was removed together with its peer.
  }
}

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'ignore', timeout: 10_000 })

/** 10.255.x, as on the platform, that this machine does not use yet. */
function freePrefix(): string {
  const used = Object.values(networkInterfaces()).flatMap((cards) => cards?.map(({ address }) => address) ?? [])
  const prefix = `10.255.${randomInt(1, 255)}`
  return used.some((address) => address.startsWith(`${prefix}.`)) ? freePrefix() : prefix
}
