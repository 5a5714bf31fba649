// Factor VII, port binding. All addresses are listened on, because platforms probe the container's own, not the
// loopback.

import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError } from '../config.ts'

/**
 * @param setting the variable that the port comes from
 * @returns the port, which differs from the given one where that is 0
 * @throws {ConfigError} where the port can't be had
 */
export async function listen(server: Server, port: number, setting: string): Promise<number> {
  try {
    await once(server.listen(port), 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new ConfigError([`${setting} is ${port}, which another process listens on`])
    if (code === 'EACCES') throw new ConfigError([`${setting} is ${port}, which this user may not listen on`])
    throw error
  }
  return (server.address() as AddressInfo).port
}
