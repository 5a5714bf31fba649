// Factor VII, port binding. The server listens on all addresses, because platforms probe the address of the container
// and not the loopback.

import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConfigError } from '../config.ts'

/**
 * @param setting the variable that the port was read from
 * @returns the port, which is another one if 0 was given
 * @throws {ConfigError} if the port is not available
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
