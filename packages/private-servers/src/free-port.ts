// Ports for private servers, below the ephemeral range of the system (from 32768 on). Otherwise the system could assign
// the port to another process while the server restarts.

import { once } from 'node:events'
import { createServer } from 'node:net'

const [LOWEST, COUNT] = [20_000, 12_000]
const ATTEMPTS = 100

/** A port without a listener, neither on IPv4 nor on IPv6. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * COUNT)
    if (await isFree(port)) return port
  }
  throw new Error(`None of ${ATTEMPTS} ports from ${LOWEST} on is free.`)
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port)
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
